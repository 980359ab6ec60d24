package dev.weft.proxy.upstream;

/**
 * The limits of a cluster that pools of all loops share: its circuit breaker's connections and waiting requests.
 *
 * <p>Implemented by {@code proxy.cluster} with atomics; called by pools on their loops, each permit given back once.
 */
public interface Admission {
    /** For pools without limits. */
    Admission UNLIMITED = new Admission() {
        @Override
        public boolean admitConnection() {
            return true;
        }

        @Override
        public void connectionEnded() {}

        @Override
        public boolean admitWaiting() {
            return true;
        }

        @Override
        public void waitingEnded() {}
    };

    /**
     * Asks for one more connection. On refusal the pool keeps its waiting requests; the cluster frees an idle connection
     * of some pool by {@link ConnectionPool#closeIdle} and wakes this one by {@link ConnectionPool#connectWaiting}.
     */
    boolean admitConnection();

    /** A connection that was admitted is closed or failed. */
    void connectionEnded();

    /** Asks for one more request that waits for a connection; refused ones end as {@code OVERFLOW}. */
    boolean admitWaiting();

    /** A waiting request got its stream or gave up. */
    void waitingEnded();
}
