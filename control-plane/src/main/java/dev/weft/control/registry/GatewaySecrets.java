package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.control.gateway.ListenerState.CertificateUse;
import dev.weft.control.registry.GatewayView.Material;
import dev.weft.control.registry.GatewayView.Port;
import dev.weft.control.registry.GatewayView.Server;
import dev.weft.resources.Secret;
import dev.weft.resources.SecretBytes;
import dev.weft.resources.ServerTls;
import dev.weft.resources.ServerTls.Credential;
import dev.weft.resources.ServerTls.Mode;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The Secrets that a gateway refers to and may have. Made for one cut of {@link ProxyViews}.
 *
 * <p>Whom it may have them by: a server of an Istio Gateway names Secrets of the namespace that the gateway proved to be in, and no
 * other; a listener of the Gateway API may name those of its Gateway's namespace, and of others that grant it. What is in a Secret is
 * not judged here: a gateway refuses what it cannot use, and keeps what it had.
 */
final class GatewaySecrets {
    private final RegistrySnapshot snapshot;
    private final String ownNamespace;

    GatewaySecrets(RegistrySnapshot snapshot, String ownNamespace) {
        this.snapshot = snapshot;
        this.ownNamespace = ownNamespace;
    }

    ImmutableMap<String, Material> of(ImmutableList<Port> ports) {
        Map<String, Material> material = new TreeMap<>();
        for (Port port : ports) {
            for (Server server : port.servers()) {
                if (server.certificate() == CertificateUse.PERMITTED) {
                    server.tls().ifPresent(tls -> add(tls, material));
                }
            }
        }
        return ImmutableMap.copyOf(material);
    }

    private void add(ServerTls tls, Map<String, Material> material) {
        if (!(tls.credential() instanceof Credential.Named named)
                || tls.mode() == Mode.PASSTHROUGH
                || tls.mode() == Mode.ISTIO_MUTUAL) {
            return;
        }
        String namespace = named.namespace().orElse(ownNamespace);
        snapshot.secret(namespace, named.name())
                .filter(found ->
                        found.certificate().isPresent() && found.privateKey().isPresent())
                .ifPresent(pair -> material.put(
                        SecretNames.keyPair(namespace, named.name()),
                        new Material.KeyPair(
                                pair.certificate().orElseThrow(),
                                pair.privateKey().orElseThrow())));
        if (tls.asksForCertificate()) {
            roots(namespace, named)
                    .ifPresent(found -> material.put(
                            SecretNames.roots(namespace, named.roots().orElse(named.name())),
                            new Material.Roots(found)));
        }
    }

    /** A Secret of its own under the name that was given, else beside the certificate, else Istio's {@code NAME-cacert}. */
    private Optional<SecretBytes> roots(String namespace, Credential.Named named) {
        return named.roots()
                .map(name -> snapshot.secret(namespace, name).flatMap(Secret::roots))
                .orElseGet(() -> snapshot.secret(namespace, named.name())
                        .flatMap(Secret::roots)
                        .or(() -> snapshot.secret(namespace, named.name() + "-cacert")
                                .flatMap(Secret::roots)));
    }
}
