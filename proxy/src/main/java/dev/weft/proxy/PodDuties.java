package dev.weft.proxy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.api.istio.nds.NameTable;
import dev.weft.model.net.SocketAddress;
import dev.weft.proxy.admin.AdminPages;
import dev.weft.proxy.admin.AdminServer;
import dev.weft.proxy.agent.app.AppDialer;
import dev.weft.proxy.agent.app.MergedMetrics;
import dev.weft.proxy.agent.app.ProbeRelay;
import dev.weft.proxy.config.ConfigHolder.Leaving;
import dev.weft.proxy.dns.DnsServer;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.listener.IoTransport;
import dev.weft.proxy.pod.PodEnvironment;
import dev.weft.proxy.pod.PodEnvironment.DnsCapture;
import dev.weft.proxy.pod.PodProxy;
import dev.weft.proxy.pod.PodRole;
import dev.weft.proxy.telemetry.MetricSink;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a proxy does because it is part of a pod: serves the agent's port (merged metrics, the application's probes), readiness and
 * its own metrics to the kubelet and Prometheus, and leaves the mesh in order. Owns its servers.
 */
final class PodDuties implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PodDuties.class);
    /** Resolvers of applications wait for 5 s, and the pod mostly has one or two servers. */
    private static final Duration RESOLVER_PATIENCE = Duration.ofMillis(2_400);

    private static final String CAPTURED_IN = "virtualInbound";
    private static final String CAPTURED_OUT = "virtualOutbound";

    private final PodProxy pod;
    private final Loop loop;
    private final IoTransport io;
    private final MergedMetrics merged;
    private final Departure departure;
    private final Optional<DnsServer> dns;
    private final List<AdminServer> servers = new ArrayList<>();

    /** @param control the control thread */
    PodDuties(PodProxy pod, ProxyApp app, AdminPages pages, Loop loop, ProxyOptions options, Executor control) {
        PodEnvironment environment = pod.environment();
        this.pod = pod;
        this.loop = loop;
        this.io = options.io();
        this.departure = new Departure(
                app,
                control,
                pod.role() == PodRole.SIDECAR ? Leaving.INBOUND : Leaving.ALL,
                environment.runtime().drain(),
                environment.runtime().drainEnd());
        AppDialer dialer = new AppDialer(io, environment.pod().addresses().get(0));
        this.merged = new MergedMetrics(environment.application().metrics(), dialer, pages::render);
        ImmutableMap.Builder<String, Function<Exchange, RequestSink>> relays = ImmutableMap.builder();
        AtomicInteger running = new AtomicInteger();
        environment
                .application()
                .probes()
                .forEach((path, probe) -> relays.put(path, new ProbeRelay(probe, dialer, running)::start));
        relays.put("/stats/prometheus", merged::start);
        relays.put("/metrics", merged::start);
        PodEnvironment.Ports ports = environment.ports();
        this.dns = environment.runtime().dns() != DnsCapture.OFF
                ? Optional.of(DnsServer.start(
                        loop,
                        io,
                        new DnsServer.Settings(
                                ports.dns(),
                                environment.resolvers(),
                                RESOLVER_PATIENCE,
                                environment.pod().namespace(),
                                environment.mesh().domain())))
                : Optional.empty();
        serve(pages.agent(relays.buildOrThrow(), departure::begin), ports.agent());
        serve(pages.health(), ports.health());
        serve(pages.metrics(), ports.metrics());
    }

    /** On every address, of both families where the machine has them. */
    private void serve(AdminPages pages, int port) {
        AdminServer first = AdminServer.start(pages, new SocketAddress.Inet("0.0.0.0", port), loop, io);
        servers.add(first);
        int bound = ((InetSocketAddress) first.address()).getPort();
        try {
            servers.add(AdminServer.start(pages, new SocketAddress.Inet("::", bound), loop, io));
        } catch (IllegalArgumentException noIpv6) {
            LOG.debug("not listening on IPv6 port={} cause={}", bound, noIpv6.getMessage());
        }
    }

    Departure departure() {
        return departure;
    }

    /** Why the pod takes no traffic although its configuration is complete; empty where it does. */
    Optional<String> unready(ImmutableMap<String, String> listenerProblems) {
        if (departure.hasBegun()) {
            return Optional.of("the pod is told to end");
        }
        for (String name : ImmutableList.of(CAPTURED_IN, CAPTURED_OUT)) {
            String problem = listenerProblems.get(name);
            if (problem != null) {
                return Optional.of("listener " + name + ": " + problem);
            }
        }
        return Optional.empty();
    }

    /** Who takes the names of the mesh; empty where nobody answers DNS. */
    Optional<Consumer<NameTable>> names() {
        return dns.map(server -> server::names);
    }

    /** Where DNS is answered over IPv4. */
    Optional<InetSocketAddress> dnsAddress() {
        return dns.map(DnsServer::address);
    }

    void collect(MetricSink sink) {
        merged.collect(sink);
        dns.ifPresent(server -> server.collect(sink));
    }

    /** IPv4 addresses of the agent, health and metrics ports in this order, and those of IPv6 behind each where there are any. */
    ImmutableList<java.net.SocketAddress> addresses() {
        return servers.stream().map(AdminServer::address).collect(ImmutableList.toImmutableList());
    }

    PodProxy pod() {
        return pod;
    }

    @Override
    public void close() {
        servers.forEach(AdminServer::close);
        dns.ifPresent(DnsServer::close);
    }
}
