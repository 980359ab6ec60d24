package dev.weft.proxy.cluster;

/**
 * What one loop counted for a cluster. Plain fields that only that loop writes; a scrape on another thread may see a number that
 * is a moment old, which a counter survives.
 */
public final class ClusterCounters {
    private static final int FIRST_STATUS = 100;
    private static final int STATUSES = 500;

    public long cxTotal;
    public long cxActive;
    public long cxConnectFail;
    public long cxConnectTimeout;
    public long cxOverflow;
    public long cxDestroy;
    public long rqTotal;
    public long rqActive;
    public long rqCompleted;
    public long rqPendingTotal;
    public long rqPendingActive;
    public long rqPendingOverflow;
    public long rqActiveOverflow;
    public long rqPendingFailureEject;
    public long rqTimeout;
    public long rqPerTryTimeout;
    public long rqMaxDurationReached;
    public long rqCancelled;
    public long rqRxReset;
    public long rqTxReset;
    public long rqRetry;
    public long rqRetrySuccess;
    public long rqRetryOverflow;
    public long rqRetryLimitExceeded;
    public long rqNoHost;
    public long rqUnsentRepeated;

    private final long[] byStatus = new long[STATUSES];

    /** A response with this status went to the client. */
    public void countStatus(int status) {
        int at = status - FIRST_STATUS;
        if (at >= 0 && at < STATUSES) {
            byStatus[at]++;
        }
    }

    void addTo(ClusterCounters sum) {
        sum.cxTotal += cxTotal;
        sum.cxActive += cxActive;
        sum.cxConnectFail += cxConnectFail;
        sum.cxConnectTimeout += cxConnectTimeout;
        sum.cxOverflow += cxOverflow;
        sum.cxDestroy += cxDestroy;
        sum.rqTotal += rqTotal;
        sum.rqActive += rqActive;
        sum.rqCompleted += rqCompleted;
        sum.rqPendingTotal += rqPendingTotal;
        sum.rqPendingActive += rqPendingActive;
        sum.rqPendingOverflow += rqPendingOverflow;
        sum.rqActiveOverflow += rqActiveOverflow;
        sum.rqPendingFailureEject += rqPendingFailureEject;
        sum.rqTimeout += rqTimeout;
        sum.rqPerTryTimeout += rqPerTryTimeout;
        sum.rqMaxDurationReached += rqMaxDurationReached;
        sum.rqCancelled += rqCancelled;
        sum.rqRxReset += rqRxReset;
        sum.rqTxReset += rqTxReset;
        sum.rqRetry += rqRetry;
        sum.rqRetrySuccess += rqRetrySuccess;
        sum.rqRetryOverflow += rqRetryOverflow;
        sum.rqRetryLimitExceeded += rqRetryLimitExceeded;
        sum.rqNoHost += rqNoHost;
        sum.rqUnsentRepeated += rqUnsentRepeated;
        for (int i = 0; i < STATUSES; i++) {
            sum.byStatus[i] += byStatus[i];
        }
    }

    /** Names all of them. */
    void report(CounterSink sink) {
        sink.counter("upstream_cx_total", cxTotal);
        sink.gauge("upstream_cx_active", cxActive);
        sink.counter("upstream_cx_connect_fail", cxConnectFail);
        sink.counter("upstream_cx_connect_timeout", cxConnectTimeout);
        sink.counter("upstream_cx_overflow", cxOverflow);
        sink.counter("upstream_cx_destroy", cxDestroy);
        sink.counter("upstream_cx_none_healthy", rqNoHost);
        sink.counter("upstream_rq_total", rqTotal);
        sink.gauge("upstream_rq_active", rqActive);
        sink.counter("upstream_rq_completed", rqCompleted);
        sink.counter("upstream_rq_pending_total", rqPendingTotal);
        sink.gauge("upstream_rq_pending_active", rqPendingActive);
        sink.counter("upstream_rq_pending_overflow", rqPendingOverflow);
        sink.counter("upstream_rq_active_overflow", rqActiveOverflow);
        sink.counter("upstream_rq_pending_failure_eject", rqPendingFailureEject);
        sink.counter("upstream_rq_timeout", rqTimeout);
        sink.counter("upstream_rq_per_try_timeout", rqPerTryTimeout);
        sink.counter("upstream_rq_max_duration_reached", rqMaxDurationReached);
        sink.counter("upstream_rq_cancelled", rqCancelled);
        sink.counter("upstream_rq_rx_reset", rqRxReset);
        sink.counter("upstream_rq_tx_reset", rqTxReset);
        sink.counter("upstream_rq_retry", rqRetry);
        sink.counter("upstream_rq_retry_success", rqRetrySuccess);
        sink.counter("upstream_rq_retry_overflow", rqRetryOverflow);
        sink.counter("upstream_rq_retry_limit_exceeded", rqRetryLimitExceeded);
        sink.counter("weft_upstream_rq_unsent_repeated", rqUnsentRepeated);
        long group = 0;
        for (int i = 0; i < STATUSES; i++) {
            group += byStatus[i];
            if (byStatus[i] > 0) {
                sink.counter("upstream_rq_" + (FIRST_STATUS + i), byStatus[i]);
            }
            if (i % 100 == 99) {
                sink.counter("upstream_rq_" + (FIRST_STATUS + i) / 100 + "xx", group);
                group = 0;
            }
        }
    }
}
