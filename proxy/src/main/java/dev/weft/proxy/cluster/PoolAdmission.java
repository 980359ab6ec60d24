package dev.weft.proxy.cluster;

import dev.weft.proxy.upstream.Admission;

/** One pool's way to its cluster's circuit breaker. Confined to the pool's loop; the breaker is shared. */
final class PoolAdmission implements Admission {
    private final LoopCluster cluster;
    private int held;
    private boolean starved;

    PoolAdmission(LoopCluster cluster) {
        this.cluster = cluster;
    }

    /** A pool without a connection always gets one: else an endpoint could wait for ever for others to finish. */
    @Override
    public boolean admitConnection() {
        CircuitBreaker breaker = cluster.breaker();
        if (!breaker.admitConnection()) {
            if (held > 0) {
                if (!starved) {
                    starved = true;
                    cluster.counters().cxOverflow++;
                    cluster.onStarved(this);
                }
                return false;
            }
            cluster.counters().cxOverflow++;
            breaker.forceConnection();
        }
        held++;
        starved = false;
        return true;
    }

    @Override
    public void connectionEnded() {
        held--;
        cluster.breaker().connectionEnded();
        cluster.cluster().onConnectionFreed();
    }

    @Override
    public boolean admitWaiting() {
        ClusterCounters counters = cluster.counters();
        if (!cluster.breaker().admitWaiting()) {
            counters.rqPendingOverflow++;
            return false;
        }
        counters.rqPendingTotal++;
        counters.rqPendingActive++;
        return true;
    }

    @Override
    public void waitingEnded() {
        cluster.counters().rqPendingActive--;
        cluster.breaker().waitingEnded();
    }

    /** May ask again. */
    void wake() {
        starved = false;
    }
}
