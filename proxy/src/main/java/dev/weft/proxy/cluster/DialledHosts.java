package dev.weft.proxy.cluster;

import dev.weft.model.cluster.Endpoint;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.upstream.Connector;
import dev.weft.proxy.upstream.SourceAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The hosts of a cluster that sends where the client wanted to go: one per destination, made when first dialled, dropped some time
 * after the last use. Where endpoints shall see the client's address, one per destination and client, as connections cannot be shared
 * by clients then. Loop-confined.
 */
final class DialledHosts {
    /** Envoy's cleanup interval. */
    private static final long KEEP_NANOS = 5_000_000_000L;

    private final Cluster cluster;
    private final int loop;
    private final Map<InetSocketAddress, Dialled> hosts = new HashMap<>();
    private final Map<Connector.Route, Dialled> ofClients = new HashMap<>();

    DialledHosts(Cluster cluster, int loop) {
        this.cluster = cluster;
        this.loop = loop;
    }

    /** Null where the destination has no address. */
    @Nullable
    UpstreamHost host(InetSocketAddress destination, ConnectionFacts client, long now) {
        if (destination.getAddress() == null) {
            return null;
        }
        Dialled known = client.sourceMark() < 0 ? host(destination) : host(destination, client);
        known.lastUse = now;
        return known.host;
    }

    private Dialled host(InetSocketAddress destination) {
        Dialled known = hosts.get(destination);
        if (known == null) {
            known = dial(new Connector.Route(destination, cluster.source(destination)), destination);
            hosts.put(destination, known);
        }
        return known;
    }

    private Dialled host(InetSocketAddress destination, ConnectionFacts client) {
        SourceAddress source =
                new SourceAddress(client.remote().getAddress(), SourceAddress.Kind.CLIENT, client.sourceMark());
        return ofClients.computeIfAbsent(new Connector.Route(destination, source), route -> dial(route, destination));
    }

    private Dialled dial(Connector.Route route, InetSocketAddress destination) {
        Endpoint endpoint = Endpoint.of(destination.getAddress().getHostAddress(), destination.getPort());
        return new Dialled(cluster.newHost(endpoint, route));
    }

    /** Hands over what is to be dropped. */
    void sweep(long now, Consumer<UpstreamHost> drop) {
        sweep(hosts.values().iterator(), now, drop);
        sweep(ofClients.values().iterator(), now, drop);
    }

    private void sweep(Iterator<Dialled> all, long now, Consumer<UpstreamHost> drop) {
        while (all.hasNext()) {
            Dialled dialled = all.next();
            LoopHost onLoop = dialled.host.onLoop(loop);
            if (now - dialled.lastUse > KEEP_NANOS && (onLoop == null || onLoop.isIdle())) {
                all.remove();
                drop.accept(dialled.host);
            }
        }
    }

    private static final class Dialled {
        private final UpstreamHost host;
        private long lastUse;

        Dialled(UpstreamHost host) {
            this.host = host;
        }
    }
}
