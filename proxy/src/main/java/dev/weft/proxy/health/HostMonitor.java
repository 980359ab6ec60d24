package dev.weft.proxy.health;

/**
 * Hears how requests to one endpoint ended, to decide on its ejection. Called on every loop, so an implementation counts with
 * atomics and leaves decisions that take a lock to the control thread.
 */
public interface HostMonitor {
    /** Where the cluster has no outlier detection. */
    HostMonitor NONE = new HostMonitor() {
        @Override
        public void onResponse(int status) {}

        @Override
        public void onLocalFailure(LocalFailure failure) {}
    };

    /** The endpoint answered. */
    void onResponse(int status);

    /** The endpoint did not answer. */
    void onLocalFailure(LocalFailure failure);

    /** Failures that are seen here only, with the status that Envoy counts for them where it does not tell them apart. */
    enum LocalFailure {
        CONNECT_TIMEOUT(504),
        CONNECT_FAILURE(503),
        RESET(503),
        REQUEST_TIMEOUT(504);

        private final int countsAs;

        LocalFailure(int countsAs) {
            this.countsAs = countsAs;
        }

        public int countsAs() {
            return countsAs;
        }
    }
}
