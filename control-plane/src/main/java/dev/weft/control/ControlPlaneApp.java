package dev.weft.control;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weft.control.api.ApiHandlers;
import dev.weft.control.api.ApiServer;
import dev.weft.control.ca.CallerInterceptor;
import dev.weft.control.ca.CertificateAuthority;
import dev.weft.control.ca.CertificateService;
import dev.weft.control.ca.SelfSignedRoot;
import dev.weft.control.ca.ServerCertificate;
import dev.weft.control.ca.StateFiles;
import dev.weft.control.ca.WorkloadTokens;
import dev.weft.control.cache.ViewCache;
import dev.weft.control.files.FileSource;
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
import dev.weft.control.source.SourceState;
import dev.weft.control.status.StatusBoard;
import dev.weft.control.telemetry.MetricsWindow;
import dev.weft.control.telemetry.TelemetryService;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control plane, wired in the order of the walk: source, registry, cache, streams; beside them the authority, telemetry and the API.
 * Owns everything it makes and closes it in reverse.
 */
public final class ControlPlaneApp implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ControlPlaneApp.class);
    private static final String CONTROL_FILE = "control.json";

    private final ControlPlaneOptions options;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private volatile @Nullable RegistrySnapshot registry;
    private int xdsPort;
    private int httpPort;

    private ControlPlaneApp(ControlPlaneOptions options, InstantSource clock) {
        this.options = options;
        this.clock = clock;
    }

    /** Starts everything; whoever reads {@code control.json} afterwards finds it ready. */
    public static ControlPlaneApp start(ControlPlaneOptions options, InstantSource clock) {
        ControlPlaneApp app = new ControlPlaneApp(options, clock);
        try {
            app.start();
            return app;
        } catch (RuntimeException e) {
            app.close();
            throw e;
        }
    }

    private void start() {
        if (!FileSource.isReadable(options.files())) {
            throw new UncheckedIOException(
                    "--files: no such directory, or not readable: " + options.files(),
                    new NoSuchFileException(options.files().toString()));
        }
        StateFiles.makePrivateDirectory(options.state());
        own(StateLock.take(options.state()));
        removeControlFile();

        ScheduledExecutorService timer = own(Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("timer").daemon().factory()));
        ExecutorService workers = own(Executors.newVirtualThreadPerTaskExecutor());
        PrometheusMeterRegistry counters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        MetricsWindow metrics = new MetricsWindow(clock);
        AckTracker tracker = new AckTracker(clock);
        ServeObserver observer = new ServeObserver(tracker, counters);
        ViewCache cache = ViewCache.create();
        ProxySessions sessions = new ProxySessions(cache, observer, workers, timer, System::nanoTime);
        StatusBoard status = new StatusBoard(tracker, cache, metrics, clock);

        RegistryUpdates updates = own(new RegistryUpdates(
                Debouncer.Times.DEFAULT,
                update -> publish(update, cache, status, sessions, observer),
                System::nanoTime));
        startSource(updates);

        String trustDomain = mesh().mesh().trustDomain();
        CertificateAuthority authority = new CertificateAuthority(
                SelfSignedRoot.loadOrCreate(options.state().resolve("ca"), trustDomain, clock, random),
                trustDomain,
                clock,
                random);
        WorkloadTokens tokens = WorkloadTokens.open(options.state().resolve("token-key.pem"), clock, random);
        ServerCertificate certificate = new ServerCertificate(authority, random);
        long renewal = ServerCertificate.renewalInterval().toSeconds();
        timer.scheduleAtFixedRate(certificate::renew, renewal, renewal, TimeUnit.SECONDS);

        CertificateService certificates = new CertificateService(authority);
        InetAddress loopback = InetAddress.getLoopbackAddress();
        GrpcServer xds = own(GrpcServer.start(
                new InetSocketAddress(loopback, options.xdsPort()),
                certificate,
                new CallerInterceptor(tokens),
                List.of(new AdsService(sessions, "weft-control"), certificates, new TelemetryService(metrics))));
        ApiServer api = own(ApiServer.start(
                new InetSocketAddress(loopback, options.httpPort()),
                new ApiHandlers(status, cache, metrics, () -> registry, counters, clock)));
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
        xdsPort = xds.port();
        httpPort = api.port();
        writeControlFile();
        LOG.info("ready xdsPort={} httpPort={} files={} state={}", xdsPort, httpPort, options.files(), options.state());
    }

    /** The first state is read before anything listens, so that no proxy ever meets an empty mesh. */
    private void startSource(RegistryUpdates updates) {
        FileSource source = new FileSource(options.files(), clock);
        options.meshConfig().ifPresent(file -> {
            try {
                source.with(file, Files.readString(file));
            } catch (IOException e) {
                throw new UncheckedIOException("--mesh-config: cannot read " + file, e);
            }
        });
        own(source);
        source.start(new Consumer<>() {
            private @Nullable TrustDomainPin pin;

            @Override
            public void accept(SourceState state) {
                if (pin == null) {
                    pin = TrustDomainPin.of(state);
                    updates.start(state);
                } else {
                    updates.onState(pin.apply(state));
                }
            }
        });
    }

    private void publish(
            RegistryUpdate update,
            ViewCache cache,
            StatusBoard status,
            ProxySessions sessions,
            ServeObserver observer) {
        registry = update.snapshot();
        cache.publish(update.snapshot());
        status.publish(update.problems());
        sessions.pushAll();
        observer.updated(update.change(), Duration.ofNanos(System.nanoTime() - update.since()));
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

    private void writeControlFile() {
        String content = new JsonMapper()
                .createObjectNode()
                .put("pid", ProcessHandle.current().pid())
                .put("xdsPort", xdsPort)
                .put("httpPort", httpPort)
                .toPrettyString();
        StateFiles.replacePrivate(controlFile(), content + "\n");
    }

    private void removeControlFile() {
        try {
            Files.deleteIfExists(controlFile());
        } catch (IOException e) {
            throw new UncheckedIOException(controlFile() + ": cannot be removed", e);
        }
    }

    private Path controlFile() {
        return options.state().resolve(CONTROL_FILE);
    }

    private <T extends AutoCloseable> T own(T resource) {
        owned.push(resource);
        return resource;
    }

    /** Stops in reverse; what fails to stop does not keep the rest running. */
    @Override
    public void close() {
        if (httpPort != 0) {
            removeControlFile();
        }
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
}
