package dev.weft.proxy.cluster;

/** What was counted for one endpoint, as Envoy's {@code /clusters} page names it. Immutable. */
public record HostNumbers(
        long cxTotal, long cxActive, long cxConnectFail, long rqTotal, long rqSuccess, long rqError, long rqTimeout) {
    static final HostNumbers NONE = new HostNumbers(0, 0, 0, 0, 0, 0, 0);

    HostNumbers plus(HostNumbers other) {
        return new HostNumbers(
                cxTotal + other.cxTotal,
                cxActive + other.cxActive,
                cxConnectFail + other.cxConnectFail,
                rqTotal + other.rqTotal,
                rqSuccess + other.rqSuccess,
                rqError + other.rqError,
                rqTimeout + other.rqTimeout);
    }
}
