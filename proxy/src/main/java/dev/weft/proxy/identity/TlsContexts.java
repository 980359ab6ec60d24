package dev.weft.proxy.identity;

import com.google.common.collect.ImmutableList;
import dev.weft.model.tls.DownstreamTls;
import dev.weft.model.tls.TlsContext;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * All TLS contexts of this proxy: one {@link TlsSource} per distinct configuration, one {@link PeerVerifier} per version of a trust
 * bundle. Thread safe. Rotation needs no call: a secret published to the store rebuilds what uses it, on the publisher's thread.
 */
public final class TlsContexts implements AutoCloseable {
    private final SecretStore secrets;
    private final InstantSource clock;
    private final TlsEngine engine;
    private final Map<TlsSource.Spec, TlsSource> sources = new ConcurrentHashMap<>();
    private final Map<String, VerifierOf> verifiers = new ConcurrentHashMap<>();

    public TlsContexts(SecretStore secrets, InstantSource clock, TlsEngine engine) {
        this.secrets = secrets;
        this.clock = clock;
        this.engine = engine;
        secrets.watch(name -> {
            for (TlsSource source : sources.values()) {
                if (source.uses(name)) {
                    source.refresh();
                }
            }
        });
    }

    /**
     * TLS of a filter chain. Where a trust bundle is configured but no certificate required, one is asked for and verified if
     * shown.
     */
    public TlsSource server(DownstreamTls tls) {
        TlsSource.ClientCertificate demand = TlsSource.ClientCertificate.NONE;
        if (tls.requireClientCertificate()) {
            demand = TlsSource.ClientCertificate.REQUIRED;
        } else if (tls.context().validation().isPresent()) {
            demand = TlsSource.ClientCertificate.OPTIONAL;
        }
        return source(TlsSource.Spec.of(
                TlsSource.Side.SERVER, tls.context(), tls.context().alpn(), demand));
    }

    /** TLS towards endpoints. {@code alpn} is what to offer, where a filter decided it; else the context's own list. */
    public TlsSource client(TlsContext context, ImmutableList<String> alpn) {
        return source(TlsSource.Spec.of(
                TlsSource.Side.CLIENT,
                context,
                alpn.isEmpty() ? context.alpn() : alpn,
                TlsSource.ClientCertificate.NONE));
    }

    private TlsSource source(TlsSource.Spec spec) {
        TlsSource known = sources.get(spec);
        if (known != null) {
            return known;
        }
        TlsSource source = sources.computeIfAbsent(spec, s -> new TlsSource(s, this));
        // After it is in the map, so that a secret published meanwhile is not missed.
        source.refresh();
        return source;
    }

    SecretStore secrets() {
        return secrets;
    }

    TlsEngine engine() {
        return engine;
    }

    PeerVerifier verifier(String name, SecretStore.Versioned trust) {
        if (!(trust.material() instanceof KeyMaterial.TrustBundle bundle)) {
            throw new IllegalArgumentException("secret '" + name + "' is a certificate, expected a trust bundle");
        }
        return verifiers
                .compute(
                        name,
                        (n, known) -> known != null && known.version() == trust.version()
                                ? known
                                : new VerifierOf(trust.version(), new PeerVerifier(bundle, clock)))
                .verifier();
    }

    /** Lets go of the newest contexts; connections keep theirs until they close. */
    @Override
    public void close() {
        sources.values().forEach(TlsSource::close);
        sources.clear();
    }

    private record VerifierOf(long version, PeerVerifier verifier) {}
}
