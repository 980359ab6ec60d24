package dev.weft.proxy.identity;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.weft.model.tls.TlsContext;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.IdentityCipherSuiteFilter;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * TLS of one configuration, whatever the version of its secrets: keeps the context of the newest.
 *
 * <p>Made by {@link TlsContexts}, held by filter chains and clusters. {@link #acquire} may be called from any loop; the context is
 * rebuilt on the thread that publishes a secret. A secret that cannot be used leaves the last good context in force.
 */
public final class TlsSource {
    private static final AtomicLong VERSIONS = new AtomicLong();

    private final Spec spec;
    private final TlsContexts owner;
    private volatile @Nullable VersionedTls current;
    private volatile String problem = "";

    @GuardedBy("this")
    private long certificateVersion;

    @GuardedBy("this")
    private long trustVersion;

    TlsSource(Spec spec, TlsContexts owner) {
        this.spec = spec;
        this.owner = owner;
    }

    /** The newest context, to be released when its connection is closed; null while a secret is missing. */
    public @Nullable VersionedTls acquire() {
        while (true) {
            VersionedTls now = current;
            if (now == null || now.retain()) {
                return now;
            }
        }
    }

    /** Version of the newest context, 0 while there is none. */
    public long version() {
        VersionedTls now = current;
        return now == null ? 0 : now.version();
    }

    /** Why there is no context, or why the newest secret is not in use; empty where all is well. */
    public String problem() {
        return problem;
    }

    boolean uses(String secret) {
        return spec.certificateName().equals(secret) || spec.trustName().equals(secret);
    }

    /** Builds a new context if a secret has a new version. */
    synchronized void refresh() {
        SecretStore secrets = owner.secrets();
        SecretStore.Versioned certificate = find(secrets, spec.certificateName());
        SecretStore.Versioned trust = find(secrets, spec.trustName());
        String missing = missing(certificate, trust);
        if (!missing.isEmpty()) {
            problem = missing;
            // It was here and its source took it back: no new connection may be made with it.
            VersionedTls withdrawn = current;
            current = null;
            if (withdrawn != null) {
                withdrawn.release();
            }
            return;
        }
        long newCertificate = certificate == null ? 0 : certificate.version();
        long newTrust = trust == null ? 0 : trust.version();
        if (current != null && newCertificate == certificateVersion && newTrust == trustVersion) {
            return;
        }
        try {
            VersionedTls built = build(certificate, trust);
            VersionedTls before = current;
            current = built;
            certificateVersion = newCertificate;
            trustVersion = newTrust;
            problem = "";
            if (before != null) {
                before.release();
            }
        } catch (SSLException | IllegalArgumentException e) {
            problem = "secret '" + spec.certificateName() + "' cannot be used: " + e.getMessage();
        }
    }

    synchronized void close() {
        VersionedTls before = current;
        current = null;
        problem = "closed";
        if (before != null) {
            before.release();
        }
    }

    private static SecretStore.@Nullable Versioned find(SecretStore secrets, String name) {
        return name.isEmpty() ? null : secrets.get(name);
    }

    private String missing(SecretStore.@Nullable Versioned certificate, SecretStore.@Nullable Versioned trust) {
        if (!spec.certificateName().isEmpty()
                && !(certificate != null && certificate.material() instanceof KeyMaterial.Identity)) {
            return certificate == null
                    ? "secret '" + spec.certificateName() + "' has not arrived"
                    : "secret '" + spec.certificateName() + "' is a trust bundle, expected a certificate and its key";
        }
        if (!spec.trustName().isEmpty() && !(trust != null && trust.material() instanceof KeyMaterial.TrustBundle)) {
            return trust == null
                    ? "secret '" + spec.trustName() + "' has not arrived"
                    : "secret '" + spec.trustName() + "' is a certificate, expected a trust bundle";
        }
        return "";
    }

    private VersionedTls build(SecretStore.@Nullable Versioned certificate, SecretStore.@Nullable Versioned trust)
            throws SSLException {
        KeyMaterial.Identity identity =
                certificate != null && certificate.material() instanceof KeyMaterial.Identity own ? own : null;
        SslContextBuilder builder;
        if (spec.side() == Side.CLIENT) {
            builder = SslContextBuilder.forClient().endpointIdentificationAlgorithm(null);
            if (identity != null) {
                builder.keyManager(OneKeyManager.factory(identity, owner.engine()));
            }
        } else if (identity != null) {
            builder = SslContextBuilder.forServer(OneKeyManager.factory(identity, owner.engine()))
                    .clientAuth(
                            switch (spec.clientCertificate()) {
                                case NONE -> ClientAuth.NONE;
                                case OPTIONAL -> ClientAuth.OPTIONAL;
                                case REQUIRED -> ClientAuth.REQUIRE;
                            });
        } else {
            throw new IllegalArgumentException("a TLS server needs a certificate, the configuration names none");
        }
        PeerVerifier verifier = trust == null ? null : owner.verifier(spec.trustName(), trust);
        if (verifier == null) {
            builder.trustManager(InsecureTrustManagerFactory.INSTANCE);
        } else {
            builder.trustManager(verifier);
        }
        TlsEngine engine = owner.engine();
        builder.sslProvider(engine.provider())
                .protocols(engine.protocols(spec.context()))
                .ciphers(
                        engine.suites(spec.context()),
                        engine == TlsEngine.NATIVE
                                ? IdentityCipherSuiteFilter.INSTANCE
                                : SupportedCipherSuiteFilter.INSTANCE);
        if (!spec.context().alpn().isEmpty()) {
            builder.applicationProtocolConfig(new ApplicationProtocolConfig(
                    Protocol.ALPN,
                    SelectorFailureBehavior.NO_ADVERTISE,
                    SelectedListenerFailureBehavior.ACCEPT,
                    spec.context().alpn()));
        }
        SslContext context = builder.build();
        forgetSessions(context);
        return new VersionedTls(context, verifier, VERSIONS.incrementAndGet(), principal(identity));
    }

    /** A resumed session skips the chain check, so a peer that lost its trust could come back: none is kept. */
    private static void forgetSessions(SslContext context) {
        if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
            sessions.setSessionCacheEnabled(false);
        } else {
            context.sessionContext().setSessionTimeout(1);
            context.sessionContext().setSessionCacheSize(1);
        }
    }

    private static String principal(KeyMaterial.@Nullable Identity identity) {
        if (identity == null) {
            return "";
        }
        try {
            return PeerCertificate.parse(identity.leaf(), "").identity().principal();
        } catch (java.security.cert.CertificateException e) {
            return "";
        }
    }

    enum Side {
        CLIENT,
        SERVER
    }

    enum ClientCertificate {
        NONE,
        OPTIONAL,
        REQUIRED
    }

    /** What decides about the content of a context; names of peers are not part of it, so clusters share contexts. */
    record Spec(
            Side side,
            TlsContext context,
            ClientCertificate clientCertificate,
            String certificateName,
            String trustName) {
        static Spec of(Side side, TlsContext context, ImmutableList<String> alpn, ClientCertificate clientCertificate) {
            TlsContext shared = new TlsContext(
                    context.minVersion(),
                    context.maxVersion(),
                    context.ciphers(),
                    alpn,
                    context.certificate(),
                    context.validation()
                            .map(validation -> new TlsContext.Validation(validation.trust(), ImmutableList.of())));
            return new Spec(
                    side,
                    shared,
                    clientCertificate,
                    context.certificate().map(SecretStore::nameOf).orElse(""),
                    context.validation()
                            .map(validation -> SecretStore.nameOf(validation.trust()))
                            .orElse(""));
        }
    }
}
