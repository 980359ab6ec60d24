package dev.weft.proxy.admin;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.proxy.admin.AdminSources.ServerState;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.telemetry.MetricSource;
import dev.weft.proxy.telemetry.StatsPage;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The pages of one or two {@link AdminServer}s: all of them for operators on the admin address, health and metrics for the kubelet
 * and Prometheus on the status port. Immutable but for the health that an operator may take away; the thread is shared.
 */
public final class AdminPages implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AdminPages.class);

    private final ImmutableMap<String, Page> byPath;
    private final AdminSources sources;
    private final AtomicBoolean failing;
    private final AdminThread thread;
    /** Without what every process has: on one page with an application's, those would stand there twice. */
    private final StatsPage shared;

    private AdminPages(
            ImmutableList<Page> pages,
            AdminSources sources,
            AtomicBoolean failing,
            AdminThread thread,
            StatsPage shared) {
        ImmutableMap.Builder<String, Page> builder = ImmutableMap.builder();
        builder.put("/", Page.quick("/", "this list", request -> help()));
        builder.put("/help", Page.quick("/help", "this list", request -> help()));
        pages.forEach(page -> builder.put(page.path(), page));
        this.byPath = builder.buildOrThrow();
        this.sources = sources;
        this.failing = failing;
        this.thread = thread;
        this.shared = shared;
    }

    /** All pages. */
    public static AdminPages of(AdminSources sources, InstantSource clock) {
        AtomicBoolean failing = new AtomicBoolean();
        ImmutableList<MetricSource> metrics = ImmutableList.<MetricSource>builder()
                .addAll(sources.metrics())
                .add(new ProcessMetrics(sources.facts().version()))
                .build();
        StatPages stats = new StatPages(new StatsPage(metrics, ProxyStats.of(sources, clock)));
        StatsPage shared = new StatsPage(sources.metrics(), ProxyStats.of(sources, clock));
        ConfigDump dump = new ConfigDump(sources);
        ClustersPage clusters = new ClustersPage(sources);
        ListenersPage listeners = new ListenersPage(sources.listeners());
        CertsPage certs = new CertsPage(sources.secrets(), clock);
        ServerPages server = new ServerPages(sources, clock);
        AdminCommands commands = sources.commands();
        return new AdminPages(
                ImmutableList.of(
                        Page.look("/certs", "certificates and trust, with their expiry", r -> certs.answer()),
                        Page.look("/clusters", "endpoints, limits and counts (?format=json)", clusters::answer),
                        Page.look(
                                "/config_dump",
                                "what is configured (?include_eds, ?resource=FIELD, ?name_regex=RE)",
                                dump::answer),
                        Page.act("/drain_listeners", "stop listening (?graceful, ?inboundonly)", request -> {
                            commands.drainListeners(
                                    request.has("inboundonly") ? AdminCommands.Scope.INBOUND : AdminCommands.Scope.ALL,
                                    request.has("graceful")
                                            ? AdminCommands.Manner.GRACEFUL
                                            : AdminCommands.Manner.AT_ONCE);
                            return Answer.text("OK\n");
                        }),
                        Page.act("/healthcheck/fail", "look unhealthy", request -> {
                            failing.set(true);
                            return Answer.text("OK\n");
                        }),
                        Page.act("/healthcheck/ok", "take that back", request -> {
                            failing.set(false);
                            return Answer.text("OK\n");
                        }),
                        Page.look("/listeners", "where the proxy listens (?format=json)", listeners::answer),
                        new Page(
                                "/logging",
                                Page.Use.LOOK_OR_ACT,
                                Page.Access.ANYBODY,
                                "log levels; POST ?level=LEVEL or ?paths=NAME:LEVEL,… changes them",
                                new Page.Source.Made(Page.Place.THREAD, LoggingPage::answer)),
                        Page.look("/memory", "heap, direct and resident bytes", r -> server.memory()),
                        Page.act("/quitquitquit", "drain and end", request -> {
                            commands.quit();
                            return Answer.text("OK\n");
                        }),
                        ready("/ready", sources, failing),
                        Page.look(
                                "/server_info",
                                "version, state, uptime, node",
                                r -> server.info(state(sources, failing))),
                        Page.look(
                                "/stats", "all numbers (?filter=RE, ?usedonly, ?format=json|prometheus)", stats::stats),
                        Page.look("/stats/prometheus", "the same for Prometheus", stats::prometheus),
                        Page.look(
                                "/weft/exchanges",
                                "the exchanges that failed lately",
                                r -> FailuresPage.answer(sources.failures()))),
                sources,
                failing,
                new AdminThread(),
                shared);
    }

    /** Health and metrics only, for an address that others than the operator reach. */
    public AdminPages statusOnly() {
        return with(ImmutableList.of(
                ready("/healthz/ready", sources, failing),
                ready("/ready", sources, failing),
                statsPage("/stats/prometheus")));
    }

    /** Readiness only, for the kubelet. */
    public AdminPages health() {
        return with(ImmutableList.of(ready("/healthz/ready", sources, failing), ready("/ready", sources, failing)));
    }

    /** The proxy's own metrics only. */
    public AdminPages metrics() {
        return with(ImmutableList.of(statsPage("/stats/prometheus")));
    }

    /**
     * The pages of a pod's agent: those that anybody may ask for, and orders that are taken from the pod's own containers.
     *
     * @param relays who answers at a path
     * @param drain takes the pod out of service
     */
    public AdminPages agent(ImmutableMap<String, Function<Exchange, RequestSink>> relays, Runnable drain) {
        ImmutableList.Builder<Page> all = ImmutableList.builder();
        relays.forEach((path, relay) -> all.add(Page.relayed(path, "asks the application", relay::apply)));
        all.add(ready("/healthz/ready", sources, failing));
        all.add(ready("/ready", sources, failing));
        all.add(Page.order("/drain", "take no more part in the mesh, but go on with what is open", request -> {
            drain.run();
            return Answer.text("OK\n");
        }));
        all.add(Page.order("/quitquitquit", "drain and end", request -> {
            sources.commands().quit();
            return Answer.text("OK\n");
        }));
        return with(all.build());
    }

    /** Renders the proxy's metrics for a page that others add to; empty where the admin thread is busy. */
    public void render(Consumer<Optional<String>> then) {
        if (!thread.submit(() -> then.accept(Optional.of(shared.prometheus(StatsPage.Choice.ALL))))) {
            then.accept(Optional.empty());
        }
    }

    private AdminPages with(ImmutableList<Page> pages) {
        return new AdminPages(pages, sources, failing, thread, shared);
    }

    private Page statsPage(String path) {
        Page page = byPath.get(path);
        if (page == null) {
            throw new AssertionError("no page " + path);
        }
        return page;
    }

    private static Page ready(String path, AdminSources sources, AtomicBoolean failing) {
        return Page.quick(path, "200 when traffic may come", request -> {
            ServerState state = state(sources, failing);
            String reason = sources.unready().map(why -> ": " + why).orElse("");
            return state == ServerState.LIVE ? Answer.text(state + "\n") : Answer.text(503, state + reason + "\n");
        });
    }

    private static ServerState state(AdminSources sources, AtomicBoolean failing) {
        ServerState state = sources.state();
        return state == ServerState.LIVE && failing.get() ? ServerState.DRAINING : state;
    }

    @Nullable
    Page find(String path) {
        Page page = byPath.get(path);
        boolean slash = page == null && path.length() > 1 && path.endsWith("/");
        return slash ? byPath.get(path.substring(0, path.length() - 1)) : page;
    }

    AdminThread thread() {
        return thread;
    }

    /** Makes a page; a bug in it is its answer, not the end of the connection. */
    Answer make(String path, Page.Content content, AdminRequest request) {
        try {
            return content.answer(request);
        } catch (RuntimeException e) {
            return failed(path, e);
        }
    }

    static Answer failed(String path, RuntimeException bug) {
        LOG.error("admin page failed path={}", path, bug);
        return Answer.text(500, "cannot make " + path + ": " + bug + "\n");
    }

    Answer notFound(AdminRequest request) {
        return Answer.text(404, "no page " + request.path() + "; there are:\n" + list());
    }

    private Answer help() {
        return Answer.text("pages of this proxy:\n" + list());
    }

    private String list() {
        StringBuilder out = new StringBuilder();
        for (Page page : byPath.values()) {
            String path = page.path() + (page.use() == Page.Use.ACT ? " (POST)" : "");
            out.append("  ").append(path).repeat(' ', Math.max(1, 28 - path.length()));
            out.append(page.help()).append('\n');
        }
        return out.toString();
    }

    /** Ends the thread. Servers that still run answer the quick pages only. */
    @Override
    public void close() {
        thread.close();
    }
}
