package dev.weft.proxy;

import com.google.common.collect.ImmutableList;
import dev.weft.model.ProxyConfig;
import dev.weft.model.net.SocketAddress;
import dev.weft.proxy.admin.AdminCommands;
import dev.weft.proxy.admin.AdminPages;
import dev.weft.proxy.admin.AdminServer;
import dev.weft.proxy.admin.AdminSources.ServerState;
import dev.weft.proxy.agent.CertificateAgent;
import dev.weft.proxy.cluster.ClusterEnvironment;
import dev.weft.proxy.cluster.ClusterServices;
import dev.weft.proxy.cluster.Clusters;
import dev.weft.proxy.cluster.UpstreamChannels;
import dev.weft.proxy.config.ConfigHolder;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.identity.FileSecrets;
import dev.weft.proxy.identity.KeyMaterial;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.proxy.identity.TlsContexts;
import dev.weft.proxy.identity.TlsEngine;
import dev.weft.proxy.listener.Listeners;
import dev.weft.proxy.pipeline.ChainHandlers;
import dev.weft.proxy.pipeline.PipelineParts;
import dev.weft.proxy.route.HttpRouter;
import dev.weft.proxy.route.RouterOptions;
import dev.weft.proxy.route.Routes;
import dev.weft.proxy.route.UpstreamCalls;
import dev.weft.proxy.telemetry.RecentFailures;
import dev.weft.proxy.telemetry.RequestMetrics;
import dev.weft.proxy.telemetry.StatSource;
import dev.weft.proxy.telemetry.TcpMetrics;
import dev.weft.proxy.telemetry.WorkloadMetadata;
import dev.weft.proxy.xds.AdsClient;
import dev.weft.xds.SecretResource;
import dev.weft.xds.bootstrap.Bootstrap;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One running proxy: builds the object graph in the order of a request's walk, starts it, drains it. No static state, so several may
 * run in one process.
 *
 * <p>Threads: the event loops, which carry data; one control thread, which decodes, builds and publishes; one thread per access log
 * file.
 */
public final class ProxyApp implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ProxyApp.class);
    private static final Duration FILE_RELOAD = Duration.ofSeconds(1);
    private static final Duration GOODBYE = Duration.ofMillis(200);

    private final Bootstrap bootstrap;
    private final ProxyOptions options;
    private final ScheduledExecutorService control;
    private final MultiThreadIoEventLoopGroup group;
    private final ImmutableList<Loop> loops;
    private final SecretStore secrets = new SecretStore();
    private final TlsContexts tls;
    private final LazyResolver resolver;
    private final Clusters clusters;
    private final ConfigHolder config = new ConfigHolder();
    private final RequestMetrics metrics;
    private final TcpMetrics connectionMetrics;
    private final RecentFailures failures = new RecentFailures();
    private final ChainObservers observers;
    private final Listeners listeners;
    private final RunningConfig running;
    private final AdminPages pages;
    private final List<AdminServer> adminServers = new ArrayList<>();
    private volatile @Nullable ControlPlaneLink controlPlane;
    private volatile boolean draining;
    private volatile @Nullable PodDuties pod;

    private ProxyApp(Bootstrap bootstrap, ProxyOptions options) {
        this.bootstrap = bootstrap;
        this.options = options;
        this.control = Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("weft-control", true));
        this.group = options.io().newGroup(options.loops(), new DefaultThreadFactory("weft-loop", true));
        this.loops = Loops.of(group);
        this.tls = new TlsContexts(secrets, InstantSource.system(), TlsEngine.best());
        this.resolver = new LazyResolver(group, options.io());
        this.clusters = new Clusters(new ClusterEnvironment(
                loops, control, UpstreamChannels.of(loops.get(0).eventLoop()), tls, resolver));
        WorkloadMetadata self = NodeIdentity.workload(bootstrap.node());
        ClusterServices services = new ClusterServices(clusters);
        this.metrics = new RequestMetrics(self, services);
        this.connectionMetrics = new TcpMetrics(self, services);
        this.observers = new ChainObservers(metrics, connectionMetrics, failures);
        UpstreamCalls calls = new UpstreamCalls(clusters, loops);
        PipelineParts parts = new PipelineParts(
                config,
                loops,
                clusters,
                (table, manager, bufferLimit) -> new HttpRouter(
                        table == null ? null : new Routes(table),
                        calls,
                        new RouterOptions(
                                RouterOptions.EnvoyHeaders.ADDED,
                                manager.options().upgrades(),
                                bufferLimit)),
                observers,
                self);
        this.listeners = new Listeners(loops, options.io(), tls, new ChainHandlers(parts), options.drainTime());
        FileSecrets files = new FileSecrets(secrets);
        files.start(control, FILE_RELOAD);
        this.running = new RunningConfig(bootstrap, files, clusters, config, listeners);
        this.pages = AdminPages.of(
                new RunningSources(this, options, InstantSource.system().instant()), InstantSource.system());
    }

    /**
     * Starts a proxy. Returns when the static part of the bootstrap runs; the rest follows as the control plane sends it.
     *
     * @throws IllegalArgumentException when the bootstrap contradicts itself
     */
    public static ProxyApp start(Bootstrap bootstrap, ProxyOptions options) {
        ProxyApp app = new ProxyApp(bootstrap, options);
        try {
            app.startAll();
            return app;
        } catch (RuntimeException e) {
            app.close();
            throw e;
        }
    }

    private void startAll() {
        bootstrap.secrets().forEach((name, secret) -> {
            if (secret instanceof Bootstrap.StaticSecret.Inline(SecretResource material)) {
                secrets.publish(name, KeyMaterial.of(material));
            }
        });
        startAdmin();
        onControl(() -> running.apply(ProxyConfig.EMPTY));
        bootstrap.ads().ifPresent(this::startAds);
        if (bootstrap.ads().isEmpty()) {
            running.warm();
        }
        LOG.info(
                "proxy started node={} loops={} io={} tls={}",
                bootstrap.node().id(),
                options.loops(),
                options.io(),
                TlsEngine.best());
    }

    /** All pages on the admin address; on the status port, which a kubelet must reach, those that tell nothing but health and numbers. */
    private void startAdmin() {
        bootstrap.admin().ifPresent(address -> serve(pages, address));
        bootstrap
                .agent()
                .filter(config -> config.statusPort() > 0)
                .ifPresent(config -> serve(
                        pages.statusOnly(),
                        new SocketAddress.Inet(NodeIdentity.address(bootstrap.node()), config.statusPort())));
        options.pod().ifPresent(proxy -> pod = new PodDuties(proxy, this, pages, loops.get(0), options, control));
    }

    private void serve(AdminPages served, SocketAddress address) {
        adminServers.add(AdminServer.start(served, address, loops.get(0), options.io()));
    }

    private void startAds(Bootstrap.AdsConfig adsConfig) {
        ControlPlaneLink link = new ControlPlaneLink(
                new ControlPlaneLink.Wiring(bootstrap, loops.get(0), control, tls, secrets, sink -> {
                    metrics.collect(sink);
                    connectionMetrics.collect(sink);
                }),
                adsConfig,
                running);
        controlPlane = link;
        pod().flatMap(PodDuties::names).ifPresent(taker -> {
            running.namesTo(taker);
            link.ads().askForNames();
        });
        link.start();
    }

    private void onControl(Runnable task) {
        try {
            control.submit(task).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while starting", e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    public SecretStore secrets() {
        return secrets;
    }

    public Clusters clusters() {
        return clusters;
    }

    public ConfigHolder config() {
        return config;
    }

    public Listeners listeners() {
        return listeners;
    }

    public RequestMetrics metrics() {
        return metrics;
    }

    /** Of connections that speak no HTTP. */
    public TcpMetrics connectionMetrics() {
        return connectionMetrics;
    }

    ImmutableList<StatSource> httpStats() {
        return observers.stats();
    }

    public Bootstrap bootstrap() {
        return bootstrap;
    }

    /** The client of the control plane, where the bootstrap names one. */
    public Optional<AdsClient> ads() {
        return Optional.ofNullable(controlPlane).map(ControlPlaneLink::ads);
    }

    /** Whether all that the control plane meant at first is running, the workload's certificate included. */
    public boolean isReady() {
        return running.isWarm() && hasIdentity();
    }

    private boolean hasIdentity() {
        return bootstrap.agent().isEmpty()
                || secrets.find(CertificateAgent.WORKLOAD_SECRET).isPresent();
    }

    /** The duties of a proxy in a pod. */
    Optional<PodDuties> pod() {
        return Optional.ofNullable(pod);
    }

    /** Where a pod's agent, readiness and metrics are served, by family; empty where the proxy is in no pod. */
    public ImmutableList<java.net.SocketAddress> podAddresses() {
        return pod().map(PodDuties::addresses).orElse(ImmutableList.of());
    }

    /** Where a pod's DNS queries are answered over IPv4; empty where they are not. */
    public Optional<InetSocketAddress> dnsAddress() {
        return pod().flatMap(PodDuties::dnsAddress);
    }

    /** Ends its part in the mesh in good order; returns when nothing is left to wait for. */
    public void leave() throws InterruptedException {
        PodDuties duties = pod;
        if (duties == null) {
            drain(options.terminationDrain());
        } else {
            duties.departure().finish();
        }
    }

    /** The exchanges that failed lately. */
    public RecentFailures failures() {
        return failures;
    }

    /** Where admin pages are served: the admin address, then the status port, as far as the bootstrap names them. */
    public ImmutableList<java.net.SocketAddress> adminAddresses() {
        return adminServers.stream().map(AdminServer::address).collect(ImmutableList.toImmutableList());
    }

    ServerState state() {
        PodDuties duties = pod;
        if (draining || (duties != null && duties.departure().hasBegun())) {
            return ServerState.DRAINING;
        }
        if (isReady() && unready().isEmpty()) {
            return ServerState.LIVE;
        }
        return running.isWarm() ? ServerState.INITIALIZING : ServerState.PRE_INITIALIZING;
    }

    /** Why it takes no traffic; empty where it does. */
    Optional<String> unready() {
        if (draining) {
            return Optional.of("told to end");
        }
        if (!running.isWarm()) {
            return Optional.of(ads().map(AdsClient::status)
                    .filter(status -> !status.connected())
                    .map(status -> "the control plane is not reached")
                    .orElse("the first configuration is not complete"));
        }
        if (!hasIdentity()) {
            return Optional.of("no workload certificate yet");
        }
        return pod().flatMap(duties -> duties.unready(listeners.problems()));
    }

    void drainListeners(AdminCommands.Scope scope, AdminCommands.Manner manner) {
        control.execute(() -> {
            switch (scope) {
                case ALL -> listeners.stopAccepting();
                case INBOUND -> listeners.stopAcceptingInbound();
            }
            if (manner == AdminCommands.Manner.GRACEFUL) {
                switch (scope) {
                    case ALL -> listeners.drainAll(options.drainTime());
                    case INBOUND -> listeners.drainInbound(options.drainTime());
                }
            }
        });
    }

    /** Takes no more connections, lets those that are open finish, and returns when they are gone or the time is up. */
    public void drain(Duration limit) throws InterruptedException {
        draining = true;
        LOG.info("draining connections={} limitMillis={}", listeners.connections(), limit.toMillis());
        onControl(() -> {
            listeners.stopAccepting();
            listeners.drainAll(limit);
        });
        long end = System.nanoTime() + limit.toNanos();
        while (listeners.connections() > 0 && System.nanoTime() < end) {
            TimeUnit.MILLISECONDS.sleep(10);
        }
    }

    /** Gives connections that were asked to close a moment to write what belongs to their end. */
    private void awaitGoodbyes() {
        long end = System.nanoTime() + GOODBYE.toNanos();
        try {
            while (listeners.connections() > 0 && System.nanoTime() < end) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends at once what is still open. */
    @Override
    public void close() {
        ControlPlaneLink link = controlPlane;
        if (link != null) {
            link.finishReports();
        }
        adminServers.forEach(AdminServer::close);
        pod().ifPresent(PodDuties::close);
        pages.close();
        if (link != null) {
            link.close();
        }
        try {
            onControl(() -> {
                listeners.close();
                clusters.close();
            });
            awaitGoodbyes();
            listeners.abort();
        } finally {
            resolver.close();
            group.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS).awaitUninterruptibly(2_000);
            control.shutdownNow();
            observers.close();
            tls.close();
        }
    }
}
