package dev.weft.proxy.admin;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.cluster.Cluster;
import dev.weft.proxy.cluster.CounterSink;
import dev.weft.proxy.identity.KeyMaterial;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.proxy.listener.ListenerStats;
import dev.weft.proxy.telemetry.Stat;
import dev.weft.proxy.telemetry.Stat.Scope;
import dev.weft.proxy.telemetry.StatSink;
import dev.weft.proxy.telemetry.StatSource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/** Envoy's statistics of the process, of clusters and of listeners, from the parts that have them. Immutable. */
final class ProxyStats {
    private final AdminSources sources;
    private final InstantSource clock;

    private ProxyStats(AdminSources sources, InstantSource clock) {
        this.sources = sources;
        this.clock = clock;
    }

    static ImmutableList<StatSource> of(AdminSources sources, InstantSource clock) {
        ProxyStats stats = new ProxyStats(sources, clock);
        return ImmutableList.<StatSource>builder()
                .addAll(sources.stats())
                .add(stats::clusters, stats::listeners, stats::server)
                .build();
    }

    /** Clusters that nothing was sent to are left out: a mesh has thousands of them. */
    private void clusters(StatSink sink) {
        int active = 0;
        for (Cluster cluster : sources.clusters().all()) {
            active++;
            if (cluster.isUsed()) {
                String name = cluster.name();
                cluster.report(new CounterSink() {
                    @Override
                    public void counter(String stat, long value) {
                        sink.counter(new Stat(Scope.CLUSTER, name, stat), value);
                    }

                    @Override
                    public void gauge(String stat, long value) {
                        sink.gauge(new Stat(Scope.CLUSTER, name, stat), value);
                    }
                });
            }
        }
        sink.gauge(new Stat(Scope.CLUSTER_MANAGER, "", "active_clusters"), active);
    }

    private void listeners(StatSink sink) {
        sources.listeners().stats().forEach((name, stats) -> listener(owner(name), stats, sink));
        int active = sources.config().current().listeners().size();
        int refused = sources.listeners().problems().size();
        sink.gauge(new Stat(Scope.LISTENER_MANAGER, "", "total_listeners_active"), active);
        sink.gauge(new Stat(Scope.LISTENER_MANAGER, "", "weft_listeners_not_running"), refused);
    }

    /** Envoy names the statistics of a listener by its address. */
    private String owner(String listener) {
        return sources.listeners()
                .boundAddress(listener)
                .map(ListenersPage::text)
                .orElse(listener)
                .replace(':', '_');
    }

    private static void listener(String owner, ListenerStats.Snapshot stats, StatSink sink) {
        sink.counter(new Stat(Scope.LISTENER, owner, "downstream_cx_total"), stats.accepted());
        sink.gauge(new Stat(Scope.LISTENER, owner, "downstream_cx_active"), stats.active());
        sink.counter(
                new Stat(Scope.LISTENER, owner, "downstream_cx_destroy"),
                Math.max(0, stats.accepted() - stats.active()));
        sink.counter(new Stat(Scope.LISTENER, owner, "downstream_pre_cx_timeout"), stats.sniffTimeouts());
        sink.counter(new Stat(Scope.LISTENER, owner, "no_filter_chain_match"), stats.noFilterChain());
        sink.counter(new Stat(Scope.LISTENER, owner, "ssl.handshake"), stats.handshakes());
        sink.counter(new Stat(Scope.LISTENER, owner, "ssl.connection_error"), stats.handshakeFailures());
        sink.counter(new Stat(Scope.LISTENER, owner, "weft_accept_errors"), stats.acceptErrors());
        sink.counter(new Stat(Scope.LISTENER, owner, "weft_missing_secret"), stats.missingSecret());
    }

    private void server(StatSink sink) {
        AdminSources.ServerState state = sources.state();
        Instant now = clock.instant();
        ProcessMemory memory = ProcessMemory.now();
        sink.gauge(
                Stat.server("uptime"),
                Duration.between(sources.facts().startedAt(), now).toSeconds());
        sink.gauge(Stat.server("live"), state == AdminSources.ServerState.LIVE ? 1 : 0);
        sink.gauge(Stat.server("state"), state.ordinal());
        sink.gauge(Stat.server("concurrency"), sources.facts().loops());
        sink.gauge(Stat.server("total_connections"), sources.listeners().connections());
        sink.gauge(Stat.server("memory_allocated"), memory.heapUsed() + memory.direct());
        sink.gauge(Stat.server("memory_heap_size"), memory.heapSize());
        sink.gauge(Stat.server("memory_physical_size"), memory.resident());
        daysToExpiry(sources.secrets(), now)
                .ifPresent(days -> sink.gauge(Stat.server("days_until_first_cert_expiring"), days));
        sources.isControlPlaneConnected()
                .ifPresent(connected ->
                        sink.gauge(new Stat(Scope.CONTROL_PLANE, "", "connected_state"), connected ? 1 : 0));
    }

    private static Optional<Long> daysToExpiry(SecretStore secrets, Instant now) {
        return secrets.all().values().stream()
                .flatMap(secret -> switch (secret.material()) {
                    case KeyMaterial.Identity identity -> identity.chain().stream();
                    case KeyMaterial.TrustBundle trust -> trust.roots().stream();
                })
                .map(certificate ->
                        CertsPage.days(now, certificate.getNotAfter().toInstant()))
                .min(Long::compare);
    }
}
