package dev.weft.proxy;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.ByteString;
import dev.weft.proxy.admin.AdminCommands;
import dev.weft.proxy.admin.AdminSources;
import dev.weft.proxy.cluster.Clusters;
import dev.weft.proxy.config.ConfigHolder;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.proxy.listener.Listeners;
import dev.weft.proxy.telemetry.MetricSource;
import dev.weft.proxy.telemetry.RecentFailures;
import dev.weft.proxy.telemetry.StatSource;
import dev.weft.proxy.xds.AdsClient;
import dev.weft.proxy.xds.ReceivedResources;
import dev.weft.proxy.xds.XdsType;
import java.time.Instant;
import java.util.Optional;

/** Shows the admin pages a running proxy. Immutable; asked from any thread. */
final class RunningSources implements AdminSources, AdminCommands {
    private final ProxyApp app;
    private final ProxyOptions options;
    private final ProxyFacts facts;

    RunningSources(ProxyApp app, ProxyOptions options, Instant startedAt) {
        this.app = app;
        this.options = options;
        this.facts = new ProxyFacts(
                NodeIdentity.version(),
                app.bootstrap().node().id(),
                app.bootstrap().node().cluster(),
                options.loops(),
                startedAt);
    }

    @Override
    public ProxyFacts facts() {
        return facts;
    }

    @Override
    public ServerState state() {
        return app.state();
    }

    @Override
    public Optional<String> unready() {
        return app.unready();
    }

    @Override
    public Clusters clusters() {
        return app.clusters();
    }

    @Override
    public Listeners listeners() {
        return app.listeners();
    }

    @Override
    public ConfigHolder config() {
        return app.config();
    }

    @Override
    public SecretStore secrets() {
        return app.secrets();
    }

    @Override
    public ImmutableList<MetricSource> metrics() {
        return ImmutableList.of(
                app.metrics(), app.connectionMetrics(), sink -> app.pod().ifPresent(pod -> pod.collect(sink)));
    }

    @Override
    public ImmutableList<StatSource> stats() {
        return ImmutableList.of(sink -> app.httpStats().forEach(source -> source.report(sink)));
    }

    @Override
    public RecentFailures failures() {
        return app.failures();
    }

    @Override
    public Optional<ByteString> bootstrap() {
        return options.bootstrap();
    }

    @Override
    public ImmutableList<ReceivedResource> received(ResourceType type) {
        Optional<ReceivedResources> received = app.ads().map(AdsClient::received);
        if (received.isEmpty()) {
            return ImmutableList.of();
        }
        return received.get().dump(xdsType(type)).stream()
                .map(resource -> new ReceivedResource(
                        resource.name(),
                        resource.version(),
                        resource.updated(),
                        resource.bytes(),
                        resource.error().map(error -> new Refusal(error.version(), error.reason(), error.at()))))
                .collect(ImmutableList.toImmutableList());
    }

    private static XdsType xdsType(ResourceType type) {
        return switch (type) {
            case CLUSTERS -> XdsType.CLUSTER;
            case ENDPOINTS -> XdsType.ENDPOINTS;
            case LISTENERS -> XdsType.LISTENER;
            case ROUTES -> XdsType.ROUTES;
        };
    }

    @Override
    public Optional<Boolean> isControlPlaneConnected() {
        return app.ads().map(client -> client.status().connected());
    }

    @Override
    public AdminCommands commands() {
        return this;
    }

    @Override
    public void drainListeners(Scope scope, Manner manner) {
        app.drainListeners(scope, manner);
    }

    @Override
    public void quit() {
        options.quit().run();
    }
}
