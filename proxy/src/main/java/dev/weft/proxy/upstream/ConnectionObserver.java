package dev.weft.proxy.upstream;

import dev.weft.proxy.exchange.FailureReason;

/**
 * Counts the life of upstream connections for a cluster's metrics and outlier detection. Called on the pools' loops.
 */
public interface ConnectionObserver {
    /** Looks away. */
    ConnectionObserver NONE = new ConnectionObserver() {
        @Override
        public void connecting() {}

        @Override
        public void connected(long nanos) {}

        @Override
        public void connectFailed(FailureReason reason, String detail) {}

        @Override
        public void closed(long nanos) {}
    };

    void connecting();

    /** Usable, handshake included, after so long. */
    void connected(long nanos);

    /** Never became usable: {@code CONNECT_FAILURE}, {@code CONNECT_TIMEOUT} or {@code LOCAL_CONNECT_FAILURE}. */
    void connectFailed(FailureReason reason, String detail);

    /** A connection that was usable is closed after so long. */
    void closed(long nanos);
}
