package dev.weft.control.webhook;

import com.google.common.collect.ImmutableMap;
import dev.weft.resources.Resource;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.function.Supplier;
import javax.net.ssl.X509ExtendedKeyManager;

/** Both webhooks behind their port, wired. The app makes one where there is an API server to call it. Owns the server. */
public final class Webhooks implements AutoCloseable {
    private static final String DOMAIN_SUFFIX = "cluster.local";

    private final WebhookServer server;

    private Webhooks(WebhookServer server) {
        this.server = server;
    }

    /**
     * @param certificate of the control plane, asked anew for each connection
     * @param inForce all resources of this moment
     */
    public static Webhooks start(
            InetSocketAddress address,
            X509ExtendedKeyManager certificate,
            LiveInjector injector,
            Supplier<? extends Collection<Resource>> inForce,
            MeterRegistry registry) {
        InjectionMetrics metrics = new InjectionMetrics(registry);
        return new Webhooks(WebhookServer.start(
                address,
                certificate,
                ImmutableMap.of(
                        "/inject", new InjectHandler(injector, metrics, System::nanoTime),
                        "/validate", new ValidateHandler(new ReferenceWarnings(inForce, DOMAIN_SUFFIX), metrics)),
                metrics));
    }

    public int port() {
        return server.port();
    }

    @Override
    public void close() {
        server.close();
    }
}
