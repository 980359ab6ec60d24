package dev.weft.proxy.cluster;

import dev.weft.model.cluster.Endpoint;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The hosts of a cluster that sends where the client wanted to go: one per destination, made when first dialled, dropped some time
 * after the last use. Loop-confined.
 */
final class DialledHosts {
    /** Envoy's cleanup interval. */
    private static final long KEEP_NANOS = 5_000_000_000L;

    private final Cluster cluster;
    private final int loop;
    private final Map<InetSocketAddress, Dialled> hosts = new HashMap<>();

    DialledHosts(Cluster cluster, int loop) {
        this.cluster = cluster;
        this.loop = loop;
    }

    /** Null where the destination has no address. */
    @Nullable
    UpstreamHost host(InetSocketAddress destination, long now) {
        if (destination.getAddress() == null) {
            return null;
        }
        Dialled known = hosts.get(destination);
        if (known == null) {
            Endpoint endpoint = Endpoint.of(destination.getAddress().getHostAddress(), destination.getPort());
            known = new Dialled(cluster.newHost(endpoint, destination));
            hosts.put(destination, known);
        }
        known.lastUse = now;
        return known.host;
    }

    /** Hands over what is to be dropped. */
    void sweep(long now, Consumer<UpstreamHost> drop) {
        Iterator<Dialled> all = hosts.values().iterator();
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
