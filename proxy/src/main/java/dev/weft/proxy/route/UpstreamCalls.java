package dev.weft.proxy.route;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.cluster.Clusters;
import dev.weft.proxy.exchange.Loop;
import java.util.Arrays;

/**
 * The calls that each loop uses again and again, and the clusters that they go to. One per process; each loop touches its own part
 * only.
 */
public final class UpstreamCalls {
    private static final int MOST_IDLE = 256;

    private final Clusters clusters;
    private final Idle[] byLoop;

    public UpstreamCalls(Clusters clusters, ImmutableList<Loop> loops) {
        this.clusters = clusters;
        this.byLoop = new Idle[loops.size()];
        Arrays.setAll(byLoop, i -> new Idle());
    }

    Clusters clusters() {
        return clusters;
    }

    UpstreamCall acquire(Loop loop) {
        Idle idle = byLoop[loop.index()];
        return idle.count == 0 ? new UpstreamCall(this, loop) : idle.calls[--idle.count];
    }

    void recycle(UpstreamCall call, Loop loop) {
        Idle idle = byLoop[loop.index()];
        if (idle.count < MOST_IDLE) {
            if (idle.count == idle.calls.length) {
                idle.calls = Arrays.copyOf(idle.calls, idle.count * 2);
            }
            idle.calls[idle.count++] = call;
        }
    }

    /** One loop's. */
    private static final class Idle {
        private UpstreamCall[] calls = new UpstreamCall[16];
        private int count;
    }
}
