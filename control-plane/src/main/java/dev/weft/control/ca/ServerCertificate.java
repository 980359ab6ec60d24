package dev.weft.control.ca;

import com.google.common.collect.ImmutableList;
import java.net.Socket;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The control plane's own server certificate, signed by the mesh's root and renewed with a fresh key by whoever calls
 * {@link #renew}. TLS asks it anew for each handshake, so a renewal touches no open connection.
 */
public final class ServerCertificate extends X509ExtendedKeyManager {

    /** How long one lives unless told otherwise. */
    public static final Duration LIFETIME = Duration.ofHours(24);

    /** The names under which Istio's agents and our own know a control plane anywhere. */
    public static final ImmutableList<String> WELL_KNOWN_NAMES = ImmutableList.of(
            "istiod.istio-system.svc", "istiod.istio-system.svc.cluster.local", "istiod.istio-system", "localhost");

    private static final ImmutableList<String> ADDRESSES = ImmutableList.of("127.0.0.1", "0:0:0:0:0:0:0:1");
    private static final String ALIAS = "xds";

    private final CertificateAuthority authority;
    private final ImmutableList<String> names;
    private final Duration lifetime;
    private final SecureRandom random;
    private volatile Identity identity;

    public ServerCertificate(
            CertificateAuthority authority, ImmutableList<String> names, Duration lifetime, SecureRandom random) {
        this.authority = authority;
        this.names = names;
        this.lifetime = lifetime;
        this.random = random;
        this.identity = sign();
    }

    /** How often to call {@link #renew}: half of the life, so that one failure is no outage. */
    public Duration renewalInterval() {
        return lifetime.dividedBy(2);
    }

    public void renew() {
        identity = sign();
    }

    private Identity sign() {
        KeyPair key = KeyFiles.generate(random);
        return new Identity(key.getPrivate(), authority.signServer(key.getPublic(), names, ADDRESSES, lifetime));
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
        return identity.chain.toArray(X509Certificate[]::new);
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
        return identity.key;
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return serverAlias(keyType);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return serverAlias(keyType);
    }

    @Override
    public String[] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[] {ALIAS};
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return null;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return new String[0];
    }

    private static @Nullable String serverAlias(String keyType) {
        return keyType.startsWith("EC") ? ALIAS : null;
    }

    private static final class Identity {
        private final PrivateKey key;
        private final ImmutableList<X509Certificate> chain;

        private Identity(PrivateKey key, ImmutableList<X509Certificate> chain) {
            this.key = key;
            this.chain = chain;
        }
    }
}
