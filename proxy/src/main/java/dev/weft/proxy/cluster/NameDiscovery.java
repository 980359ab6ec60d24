package dev.weft.proxy.cluster;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.net.InetAddresses;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.cluster.EndpointSet.LocalityEndpoints;
import dev.weft.model.net.SocketAddress;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks for the names of a DNS cluster again and again and feeds the cluster. Confined to the control thread.
 *
 * <p>A name that cannot be resolved keeps the addresses it had: an outage of DNS must not become an outage of everything.
 */
final class NameDiscovery {
    private static final Logger LOG = LoggerFactory.getLogger(NameDiscovery.class);
    private static final Duration LEAST_REFRESH = Duration.ofMillis(100);

    private final Cluster cluster;
    private final EndpointSet template;
    private final Duration refresh;
    private final Mode mode;
    private final NameResolver resolver;
    private final ScheduledExecutorService control;
    private final Map<String, ImmutableList<InetAddress>> known = new HashMap<>();
    private final Set<String> names = new LinkedHashSet<>();
    private final Set<String> failing = new LinkedHashSet<>();
    private final List<Runnable> waiting = new ArrayList<>();
    private volatile boolean answered;
    private volatile boolean stopped;
    private int outstanding;

    /** What an answer means. */
    enum Mode {
        /** Every address is an endpoint. */
        STRICT,
        /** The first address is where new connections go. */
        LOGICAL
    }

    NameDiscovery(Cluster cluster, EndpointSet template, Duration refresh, Mode mode, ClusterEnvironment environment) {
        this.cluster = cluster;
        this.template = template;
        this.refresh = refresh.compareTo(LEAST_REFRESH) < 0 ? LEAST_REFRESH : refresh;
        this.mode = mode;
        this.resolver = environment.resolver();
        this.control = environment.control();
        for (LocalityEndpoints locality : template.localities()) {
            for (Endpoint endpoint : locality.endpoints()) {
                if (endpoint.address() instanceof SocketAddress.Inet inet) {
                    if (InetAddresses.isInetAddress(inet.host())) {
                        known.put(inet.host(), ImmutableList.of(InetAddresses.forString(inet.host())));
                    } else {
                        names.add(inet.host());
                    }
                }
            }
        }
    }

    void start() {
        control.execute(this::ask);
    }

    void stop() {
        stopped = true;
    }

    boolean hasAnswered() {
        return answered;
    }

    /** Runs the task on the control thread after the first answers, also if they are failures. */
    void whenAnswered(Runnable task) {
        control.execute(() -> {
            if (answered) {
                task.run();
            } else {
                waiting.add(task);
            }
        });
    }

    private void ask() {
        if (stopped) {
            return;
        }
        outstanding = names.size();
        if (outstanding == 0) {
            apply();
            return;
        }
        for (String name : names) {
            resolver.resolve(name, answer -> control.execute(() -> onAnswer(name, answer)));
        }
    }

    private void onAnswer(String name, NameResolver.Answer answer) {
        switch (answer) {
            case NameResolver.Answer.Addresses found -> {
                known.put(name, found.addresses());
                if (failing.remove(name)) {
                    LOG.info("name resolves again cluster={} name={}", cluster.name(), name);
                }
            }
            case NameResolver.Answer.Failed failed -> {
                if (failing.add(name)) {
                    LOG.warn(
                            "name does not resolve, addresses stay as they were cluster={} name={} problem={}",
                            cluster.name(),
                            name,
                            failed.problem());
                }
            }
        }
        if (--outstanding == 0) {
            apply();
            if (!stopped) {
                control.schedule(this::ask, refresh.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private void apply() {
        if (!stopped) {
            switch (mode) {
                case STRICT -> cluster.update(everyAddress());
                case LOGICAL -> cluster.update(resolvedNames(), newest());
            }
        }
        answered = true;
        List<Runnable> tasks = List.copyOf(waiting);
        waiting.clear();
        tasks.forEach(Runnable::run);
    }

    private EndpointSet everyAddress() {
        ImmutableList.Builder<LocalityEndpoints> localities = ImmutableList.builder();
        for (LocalityEndpoints locality : template.localities()) {
            ImmutableList.Builder<Endpoint> endpoints = ImmutableList.builder();
            for (Endpoint endpoint : locality.endpoints()) {
                if (endpoint.address() instanceof SocketAddress.Inet inet) {
                    for (InetAddress address : known.getOrDefault(inet.host(), ImmutableList.of())) {
                        endpoints.add(at(endpoint, inet, address));
                    }
                } else {
                    endpoints.add(endpoint);
                }
            }
            localities.add(new LocalityEndpoints(
                    locality.locality(), locality.weight(), locality.priority(), endpoints.build()));
        }
        return new EndpointSet(template.name(), localities.build());
    }

    /** The endpoints as written, without those whose name has no address yet. */
    private EndpointSet resolvedNames() {
        ImmutableList.Builder<LocalityEndpoints> localities = ImmutableList.builder();
        for (LocalityEndpoints locality : template.localities()) {
            ImmutableList.Builder<Endpoint> endpoints = ImmutableList.builder();
            for (Endpoint endpoint : locality.endpoints()) {
                if (!(endpoint.address() instanceof SocketAddress.Inet inet) || known.containsKey(inet.host())) {
                    endpoints.add(endpoint);
                }
            }
            localities.add(new LocalityEndpoints(
                    locality.locality(), locality.weight(), locality.priority(), endpoints.build()));
        }
        return new EndpointSet(template.name(), localities.build());
    }

    private ImmutableMap<String, InetAddress> newest() {
        ImmutableMap.Builder<String, InetAddress> newest = ImmutableMap.builder();
        known.forEach((name, addresses) -> newest.put(name, addresses.getFirst()));
        return newest.buildOrThrow();
    }

    private static Endpoint at(Endpoint endpoint, SocketAddress.Inet written, InetAddress address) {
        String hostname = endpoint.hostname().isEmpty() ? written.host() : endpoint.hostname();
        return new Endpoint(
                new SocketAddress.Inet(address.getHostAddress(), written.port()),
                hostname,
                endpoint.health(),
                endpoint.weight(),
                endpoint.transportMatch(),
                endpoint.workload());
    }
}
