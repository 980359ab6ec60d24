package dev.weft.control.api;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.control.api.ApiServer.Handler;
import dev.weft.control.cache.ResourceSnapshot;
import dev.weft.control.cache.ViewCache;
import dev.weft.control.registry.EndpointKey;
import dev.weft.control.registry.MeshService;
import dev.weft.control.registry.RegistrySnapshot;
import dev.weft.control.registry.Workload;
import dev.weft.control.status.ProxyState;
import dev.weft.control.status.ProxyStatus;
import dev.weft.control.status.Readiness;
import dev.weft.control.status.StatusBoard;
import dev.weft.control.telemetry.EdgeStats;
import dev.weft.control.telemetry.MetricsWindow;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What each path of the API answers, from what the other rooms keep. Safe for many threads. */
public final class ApiHandlers {

    private static final Duration DEFAULT_WINDOW = Duration.ofSeconds(10);
    private static final Duration MAX_WINDOW = Duration.ofSeconds(599);
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,6})(s|m)?");
    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";

    private final StatusBoard status;
    private final Readiness readiness;
    private final ViewCache cache;
    private final MetricsWindow metrics;
    private final Supplier<@Nullable RegistrySnapshot> registry;
    private final PrometheusMeterRegistry counters;
    private final InstantSource clock;
    private final ConfigDump dump = new ConfigDump();

    public ApiHandlers(
            StatusBoard status,
            Readiness readiness,
            ViewCache cache,
            MetricsWindow metrics,
            Supplier<@Nullable RegistrySnapshot> registry,
            PrometheusMeterRegistry counters) {
        this.status = status;
        this.readiness = readiness;
        this.cache = cache;
        this.metrics = metrics;
        this.registry = registry;
        this.counters = counters;
        this.clock = status.clock();
    }

    ImmutableMap<String, Handler> byPath() {
        return ImmutableMap.<String, Handler>builder()
                .put("/ready", query -> ready())
                .put("/metrics", query -> new Answer.Text(200, PROMETHEUS_TEXT, counters.scrape()))
                .put("/api/v1/status", query -> status())
                .put("/api/v1/stat", this::stat)
                .put("/api/v1/workloads", query -> workloads())
                .put("/debug/syncz", query -> syncz())
                .put("/debug/registryz", query -> registryz())
                .put("/debug/config_dump", this::configDump)
                .buildOrThrow();
    }

    private Answer ready() {
        return readiness
                .problem()
                .map(problem -> new Answer.Text(503, "text/plain; charset=utf-8", "not ready: " + problem + "\n"))
                .orElseGet(() -> new Answer.Text(200, "text/plain; charset=utf-8", "ready\n"));
    }

    private Answer status() {
        return new Answer.Json(
                Envelope.of("ProxyStatusList", clock.instant(), expected()).withProblems(status.problems()));
    }

    /** Without those that left because their workload did: they are missed by nobody. */
    private ImmutableList<ProxyStatus> expected() {
        RegistrySnapshot snapshot = registry.get();
        return status.proxies().stream()
                .filter(proxy -> !proxy.state().equals(ProxyState.DISCONNECTED.apiName())
                        || snapshot == null
                        || snapshot.workloads().stream()
                                .anyMatch(workload -> workload.name().equals(proxy.name())
                                        && workload.namespace().equals(proxy.namespace())))
                .collect(ImmutableList.toImmutableList());
    }

    private Answer stat(Map<String, String> query) {
        Optional<Duration> window = window(query.getOrDefault("window", ""));
        if (window.isEmpty()) {
            return Answer.badRequest("window: found \"" + query.get("window") + "\", expected 1s to 599s, such as 10s");
        }
        return new Answer.Json(Envelope.of("EdgeStatList", clock.instant(), EdgeStats.of(metrics, window.get())));
    }

    private static Optional<Duration> window(String text) {
        if (text.isEmpty()) {
            return Optional.of(DEFAULT_WINDOW);
        }
        Matcher matcher = DURATION.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        Duration window = "m".equals(matcher.group(2)) ? Duration.ofMinutes(number) : Duration.ofSeconds(number);
        return window.isPositive() && window.compareTo(MAX_WINDOW) <= 0 ? Optional.of(window) : Optional.empty();
    }

    private Answer workloads() {
        List<WorkloadItem> items = new ArrayList<>();
        RegistrySnapshot snapshot = registry.get();
        if (snapshot != null) {
            ImmutableList<ProxyStatus> proxies = status.proxies();
            for (Workload workload : snapshot.workloads()) {
                items.add(new WorkloadItem(
                        workload.name(),
                        workload.namespace(),
                        workload.labels(),
                        workload.spec().serviceAccount().orElse(""),
                        workload.spec().address().orElse(""),
                        workload.spec().ports(),
                        snapshot.inbound(workload).stream()
                                .map(port -> port.service().hostname())
                                .distinct()
                                .collect(ImmutableList.toImmutableList()),
                        proxies.stream()
                                .filter(proxy -> proxy.name().equals(workload.name())
                                        && proxy.namespace().equals(workload.namespace()))
                                .map(ProxyStatus::state)
                                .findFirst()
                                .orElse(null)));
            }
        }
        return new Answer.Json(Envelope.of("WorkloadList", clock.instant(), ImmutableList.copyOf(items)));
    }

    /** In the shape of Istio's endpoint of the same name, which its tools read. */
    private Answer syncz() {
        return new Answer.Json(status.proxies().stream()
                .map(proxy -> {
                    ImmutableMap.Builder<String, Object> item = ImmutableMap.builder();
                    item.put("proxy", proxy.name() + "." + proxy.namespace());
                    item.put("istio_version", proxy.version());
                    proxy.types().forEach(type -> {
                        String name = switch (type.type()) {
                            case "cds" -> "cluster";
                            case "eds" -> "endpoint";
                            case "lds" -> "listener";
                            case "nds" -> "names";
                            default -> "route";
                        };
                        item.put(name + "_sent", type.sent());
                        item.put(name + "_acked", type.acked());
                    });
                    return item.buildOrThrow();
                })
                .toList());
    }

    private Answer registryz() {
        RegistrySnapshot snapshot = registry.get();
        if (snapshot == null) {
            return new Answer.Json(List.of());
        }
        return new Answer.Json(snapshot.services().stream()
                .map(service -> ImmutableMap.of(
                        "hostname", service.hostname(),
                        "namespace", service.namespace(),
                        "resolution", service.resolution().name(),
                        "location", service.location().name(),
                        "ports", ports(snapshot, service)))
                .toList());
    }

    private static ImmutableList<?> ports(RegistrySnapshot snapshot, MeshService service) {
        return service.ports().stream()
                .map(port -> ImmutableMap.of(
                        "port", port.number(),
                        "name", port.name(),
                        "protocol", port.protocol().name(),
                        "endpoints",
                                snapshot.endpoints(EndpointKey.of(service, port)).stream()
                                        .map(endpoint -> ImmutableMap.of(
                                                "address", endpoint.address(),
                                                "port", endpoint.port(),
                                                "workload", endpoint.workload(),
                                                "labels", endpoint.labels(),
                                                "tls", endpoint.tls().name()))
                                        .toList()))
                .collect(ImmutableList.toImmutableList());
    }

    /** What was made for one proxy, in the form of Envoy's own dump. */
    private Answer configDump(Map<String, String> query) {
        String proxy = query.getOrDefault("proxyID", "");
        Optional<ResourceSnapshot> snapshot = status.proxies().stream()
                .filter(candidate -> candidate.node().equals(proxy)
                        || (candidate.name() + "." + candidate.namespace()).equals(proxy))
                .findFirst()
                .flatMap(candidate -> cache.last(candidate.node()));
        if (snapshot.isEmpty()) {
            return Answer.notFound("no such proxy: \"" + proxy + "\"; expected name.namespace or a node id");
        }
        return new Answer.Json(dump.of(snapshot.get()));
    }
}
