package dev.weft.control;

import com.google.common.collect.ImmutableMap;
import dev.weft.control.api.ApiHandlers;
import dev.weft.control.api.ApiServer;
import dev.weft.control.ca.CaException;
import dev.weft.control.ca.CallerInterceptor;
import dev.weft.control.ca.CertificateAuthority;
import dev.weft.control.ca.CertificateService;
import dev.weft.control.ca.ServerCertificate;
import dev.weft.control.cache.ViewCache;
import dev.weft.control.gateway.GatewayStatuses;
import dev.weft.control.registry.Debouncer;
import dev.weft.control.registry.RegistrySnapshot;
import dev.weft.control.registry.RegistryUpdate;
import dev.weft.control.registry.RegistryUpdates;
import dev.weft.control.registry.TrustDomainPin;
import dev.weft.control.serve.AckTracker;
import dev.weft.control.serve.AdsService;
import dev.weft.control.serve.GrpcServer;
import dev.weft.control.serve.ProxySessions;
import dev.weft.control.serve.ServeObserver;
import dev.weft.control.source.ResourceSource;
import dev.weft.control.source.SourceState;
import dev.weft.control.status.Readiness;
import dev.weft.control.status.StatusBoard;
import dev.weft.control.status.ValidationStatuses;
import dev.weft.control.telemetry.MetricsWindow;
import dev.weft.control.telemetry.TelemetryService;
import dev.weft.control.webhook.InjectHandler;
import dev.weft.control.webhook.InjectionMetrics;
import dev.weft.control.webhook.LiveInjector;
import dev.weft.control.webhook.ValidateHandler;
import dev.weft.control.webhook.WebhookServer;
import dev.weft.injector.config.InjectorConfigReader;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane, wired in the order of the walk: source, registry, cache, streams; beside them the authority, telemetry and the API. What it
 * stands on is a {@link Platform}, chosen here and nowhere else. Owns everything it makes and closes it in reverse.
 */
public final class ControlPlaneApp implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ControlPlaneApp.class);

    /** How often statuses are looked at while only proxies change. */
    private static final Duration STATUS_INTERVAL = Duration.ofSeconds(15);

    private final ControlPlaneOptions options;
    private final Map<String, String> environment;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private final Readiness readiness = new Readiness();
    private final ReferenceWarnings references = new ReferenceWarnings();
    private volatile @Nullable RegistrySnapshot registry;
    private volatile SourceState state = SourceState.EMPTY;
    private @Nullable Platform platform;
    private @Nullable WebhookServer webhooks;
    private int xdsPort;
    private int httpPort;
    private int webhookPort;

    private ControlPlaneApp(ControlPlaneOptions options, Map<String, String> environment, InstantSource clock) {
        this.options = options;
        this.environment = environment;
        this.clock = clock;
    }

    /** Starts everything; returns when it serves. */
    public static ControlPlaneApp start(ControlPlaneOptions options, InstantSource clock) {
        return start(options, Map.of(), clock);
    }

    /** The same with the environment, in which a pod finds its name. */
    static ControlPlaneApp start(ControlPlaneOptions options, Map<String, String> environment, InstantSource clock) {
        ControlPlaneApp app = new ControlPlaneApp(options, environment, clock);
        try {
            app.start();
            return app;
        } catch (RuntimeException e) {
            app.close();
            throw e;
        } catch (InterruptedException e) {
            app.close();
            Thread.currentThread().interrupt();
            throw new CaException("interrupted while it started", e);
        }
    }

    private Platform choose() {
        return switch (options.place()) {
            case ControlPlaneOptions.Files files -> new FilesPlatform(files, clock, random);
            case ControlPlaneOptions.Kubernetes cluster -> new KubernetesPlatform(cluster, environment, clock, random);
        };
    }

    private void start() throws InterruptedException {
        Platform base = own(choose());
        platform = base;
        base.open();

        ScheduledThreadPoolExecutor timer = own(new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name("timer").daemon().factory()));
        // Streams wait for their tokens' ends, which are far away, and mostly end before.
        timer.setRemoveOnCancelPolicy(true);
        ExecutorService workers = own(Executors.newVirtualThreadPerTaskExecutor());
        PrometheusMeterRegistry counters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        MetricsWindow metrics = new MetricsWindow(clock);
        AckTracker tracker = new AckTracker(clock);
        ServeObserver observer = new ServeObserver(tracker, counters);
        ViewCache cache = ViewCache.create();
        ProxySessions sessions = new ProxySessions(cache, observer, workers, timer, System::nanoTime, clock);
        StatusBoard status = new StatusBoard(tracker, cache, metrics, clock);

        // First of all, so that whoever waits for this replica is told what it waits for.
        ApiServer api = own(ApiServer.start(
                base.listen(options.ports().http()),
                new ApiHandlers(status, readiness, cache, metrics, () -> registry, counters),
                base.pageAccess()));
        httpPort = api.port();

        readiness.waitFor(() -> "reads the configuration");
        RegistryUpdates updates = own(new RegistryUpdates(
                Debouncer.Times.DEFAULT,
                update -> publish(base, update, cache, status, sessions, observer),
                System::nanoTime,
                base.clusterId()));
        startSource(base, updates, status);

        String trustDomain = mesh().mesh().trustDomain();
        readiness.waitFor(base::materialProblem);
        CertificateAuthority authority =
                new CertificateAuthority(base.material(trustDomain), trustDomain, clock, random);
        ServerCertificate certificate =
                new ServerCertificate(authority, base.serverNames(), options.certificateLifetime(), random);
        long renewal = certificate.renewalInterval().toMillis();
        timer.scheduleAtFixedRate(certificate::renew, renewal, renewal, TimeUnit.MILLISECONDS);
        base.begin(authority, certificate::renew);
        timer.scheduleAtFixedRate(
                () -> workers.execute(() -> {
                    base.exchange(ValidationStatuses.Proxies.of(status.proxies()));
                    decide(base, status);
                }),
                STATUS_INTERVAL.toSeconds(),
                STATUS_INTERVAL.toSeconds(),
                TimeUnit.SECONDS);

        CertificateService certificates = new CertificateService(authority);
        GrpcServer xds = own(GrpcServer.start(
                base.listen(options.ports().xds()),
                certificate,
                new CallerInterceptor(base.callers()),
                List.of(new AdsService(sessions, "weft-control"), certificates, new TelemetryService(metrics))));
        xdsPort = xds.port();
        serveWebhooks(base, certificate, counters);
        measure(counters, certificates, authority);
        readiness.ready();
        base.serving(xdsPort, httpPort);
        LOG.info("ready xdsPort={} httpPort={} place={}", xdsPort, httpPort, options.place());
    }

    /** What the API server asks before it stores an object; by the certificate of the proxies' port. */
    private void serveWebhooks(Platform base, ServerCertificate certificate, PrometheusMeterRegistry counters) {
        Optional<InetSocketAddress> address =
                base.listenForWebhooks(options.ports().webhook());
        if (address.isEmpty()) {
            return;
        }
        LiveInjector injector = new LiveInjector(InjectorConfigReader.defaults(), () -> mesh().mesh());
        base.configure(injector);
        InjectionMetrics injections = new InjectionMetrics(counters);
        WebhookServer server = own(WebhookServer.start(
                address.get(),
                certificate,
                ImmutableMap.of(
                        "/inject", new InjectHandler(injector, injections, System::nanoTime),
                        "/validate", new ValidateHandler(references, injections)),
                injections));
        webhooks = server;
        webhookPort = server.port();
    }

    private void measure(
            PrometheusMeterRegistry counters, CertificateService certificates, CertificateAuthority authority) {
        Gauge.builder("pilot_services", () -> mesh().services().size()).register(counters);
        Gauge.builder("pilot_virt_services", () -> mesh().virtualServices().size())
                .register(counters);
        Gauge.builder("citadel_server_success_cert_issuance_count", certificates, CertificateService::issued)
                .register(counters);
        Gauge.builder("citadel_server_csr_parsing_err_count", certificates, CertificateService::malformed)
                .register(counters);
        Gauge.builder("citadel_server_id_extraction_err_count", certificates, CertificateService::denied)
                .register(counters);
        Gauge.builder(
                        "citadel_server_root_cert_expiry_timestamp",
                        authority,
                        root -> root.rootExpires().getEpochSecond())
                .register(counters);
    }

    /** The first state is read before anything listens for proxies, so that none ever meets an empty mesh. */
    private void startSource(Platform base, RegistryUpdates updates, StatusBoard status) {
        ResourceSource source = own(base.source());
        source.start(new Consumer<>() {
            private @Nullable TrustDomainPin pin;

            @Override
            public void accept(SourceState newest) {
                // First, since the registry's thread looks at it, too.
                state = newest;
                if (pin == null) {
                    pin = TrustDomainPin.of(newest);
                    updates.start(newest);
                } else {
                    updates.onState(pin.apply(newest));
                }
                references.onState(newest);
                decide(base, status);
            }
        });
    }

    private void decide(Platform base, StatusBoard status) {
        base.decided(
                "validation",
                ValidationStatuses.of(state, base.total(ValidationStatuses.Proxies.of(status.proxies()))));
    }

    private void publish(
            Platform base,
            RegistryUpdate update,
            ViewCache cache,
            StatusBoard status,
            ProxySessions sessions,
            ServeObserver observer) {
        RegistrySnapshot snapshot = update.snapshot();
        registry = snapshot;
        base.configured(snapshot.mesh());
        cache.publish(snapshot);
        status.publish(update.problems());
        sessions.pushAll();
        observer.updated(update.change(), Duration.ofNanos(System.nanoTime() - update.since()));
        base.decided(
                "gateway-api",
                GatewayStatuses.of(snapshot.gatewayApi(), snapshot.gatewayAddresses(), state.refusedRoutes()));
    }

    private RegistrySnapshot mesh() {
        RegistrySnapshot snapshot = registry;
        if (snapshot == null) {
            throw new AssertionError("the source delivered nothing");
        }
        return snapshot;
    }

    public int xdsPort() {
        return xdsPort;
    }

    public int httpPort() {
        return httpPort;
    }

    /** 0 where nobody calls webhooks. */
    public int webhookPort() {
        return webhookPort;
    }

    private <T extends AutoCloseable> T own(T resource) {
        owned.push(resource);
        return resource;
    }

    /**
     * Stops in reverse; what fails to stop does not keep the rest running. Where others send clients here, it goes on serving until they have
     * learnt that this one is not ready.
     */
    @Override
    public void close() {
        Platform base = platform;
        boolean served = xdsPort != 0;
        readiness.waitFor(() -> "stopping");
        if (base != null) {
            base.stopping();
            WebhookServer called = webhooks;
            if (called != null) {
                called.leave();
            }
            if (served && !base.drain().isZero()) {
                LOG.info("drains seconds={}", base.drain().toSeconds());
                pause(base.drain());
            }
        }
        platform = null;
        webhooks = null;
        xdsPort = 0;
        for (AutoCloseable resource = owned.poll(); resource != null; resource = owned.poll()) {
            try {
                if (resource instanceof ExecutorService executor) {
                    executor.shutdownNow();
                } else {
                    resource.close();
                }
            } catch (Exception e) {
                LOG.warn(
                        "could not stop cleanly resource={}",
                        resource.getClass().getSimpleName(),
                        e);
            }
        }
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
