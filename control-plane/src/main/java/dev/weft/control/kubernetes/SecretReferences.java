package dev.weft.control.kubernetes;

import dev.weft.resources.IstioGateway;
import dev.weft.resources.KubernetesGateway;
import dev.weft.resources.Pod;
import dev.weft.resources.Resource;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.ServerTls;
import dev.weft.resources.ServerTls.Credential;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Which Secrets gateways name: the only ones that the mesh reads. Pure. */
final class SecretReferences {

    /** Istio's name for the roots of clients' certificates beside a credential. */
    private static final String ROOTS_SUFFIX = "-cacert";

    private final List<Pod> pods = new ArrayList<>();
    private final Set<ResourceKey> found = new TreeSet<>();

    private SecretReferences() {}

    static Set<ResourceKey> of(Iterable<? extends Resource> resources) {
        SecretReferences references = new SecretReferences();
        List<IstioGateway> gateways = new ArrayList<>();
        for (Resource resource : resources) {
            switch (resource) {
                case Pod pod -> references.pods.add(pod);
                case IstioGateway gateway -> gateways.add(gateway);
                case KubernetesGateway gateway ->
                    gateway.listeners()
                            .forEach(listener -> listener.tls()
                                    .ifPresent(tls -> references.add(
                                            tls, Set.of(gateway.meta().namespace()))));
                default -> {}
            }
        }
        gateways.forEach(references::add);
        return references.found;
    }

    /** A credential lies in the namespace of the workload, which need not be that of the Gateway. */
    private void add(IstioGateway gateway) {
        Set<String> namespaces = new HashSet<>();
        namespaces.add(gateway.meta().namespace());
        for (Pod pod : pods) {
            if (gateway.selector().matches(pod.meta().labels())) {
                namespaces.add(pod.meta().namespace());
            }
        }
        gateway.servers().forEach(server -> server.tls().ifPresent(tls -> add(tls, namespaces)));
    }

    private void add(ServerTls tls, Set<String> namespaces) {
        if (!(tls.credential() instanceof Credential.Named named)) {
            return;
        }
        for (String namespace : named.namespace().map(Set::of).orElse(namespaces)) {
            add(namespace, named.name());
            if (tls.asksForCertificate()) {
                add(namespace, named.roots().orElse(named.name() + ROOTS_SUFFIX));
            }
        }
    }

    private void add(String namespace, String name) {
        found.add(new ResourceKey(ResourceKind.SECRET, namespace, name));
    }
}
