package dev.weft.proxy.exchange;

/**
 * Envoy's response flags, in the order of Envoy's bits, which is the order that access logs print several in.
 *
 * <p>An exchange holds a set of them as a {@code long} of {@link #bit}s.
 */
public enum ResponseFlag {
    FAILED_LOCAL_HEALTH_CHECK("LH", "FailedLocalHealthCheck"),
    NO_HEALTHY_UPSTREAM("UH", "NoHealthyUpstream"),
    UPSTREAM_REQUEST_TIMEOUT("UT", "UpstreamRequestTimeout"),
    LOCAL_RESET("LR", "LocalReset"),
    UPSTREAM_REMOTE_RESET("UR", "UpstreamRemoteReset"),
    UPSTREAM_CONNECTION_FAILURE("UF", "UpstreamConnectionFailure"),
    UPSTREAM_CONNECTION_TERMINATION("UC", "UpstreamConnectionTermination"),
    UPSTREAM_OVERFLOW("UO", "UpstreamOverflow"),
    NO_ROUTE_FOUND("NR", "NoRouteFound"),
    DELAY_INJECTED("DI", "DelayInjected"),
    FAULT_INJECTED("FI", "FaultInjected"),
    RATE_LIMITED("RL", "RateLimited"),
    UNAUTHORIZED_EXTERNAL_SERVICE("UAEX", "UnauthorizedExternalService"),
    RATE_LIMIT_SERVICE_ERROR("RLSE", "RateLimitServiceError"),
    DOWNSTREAM_CONNECTION_TERMINATION("DC", "DownstreamConnectionTermination"),
    UPSTREAM_RETRY_LIMIT_EXCEEDED("URX", "UpstreamRetryLimitExceeded"),
    STREAM_IDLE_TIMEOUT("SI", "StreamIdleTimeout"),
    INVALID_ENVOY_REQUEST_HEADERS("IH", "InvalidEnvoyRequestHeaders"),
    DOWNSTREAM_PROTOCOL_ERROR("DPE", "DownstreamProtocolError"),
    UPSTREAM_MAX_STREAM_DURATION_REACHED("UMSDR", "UpstreamMaxStreamDurationReached"),
    RESPONSE_FROM_CACHE_FILTER("RFCF", "ResponseFromCacheFilter"),
    NO_FILTER_CONFIG_FOUND("NFCF", "NoFilterConfigFound"),
    DURATION_TIMEOUT("DT", "DurationTimeout"),
    UPSTREAM_PROTOCOL_ERROR("UPE", "UpstreamProtocolError"),
    NO_CLUSTER_FOUND("NC", "NoClusterFound"),
    OVERLOAD_MANAGER_TERMINATED("OM", "OverloadManagerTerminated"),
    DNS_RESOLUTION_FAILED("DF", "DnsResolutionFailed"),
    DROP_OVERLOAD("DO", "DropOverload"),
    DOWNSTREAM_REMOTE_RESET("DR", "DownstreamRemoteReset"),
    UNCONDITIONAL_DROP_OVERLOAD("UDO", "UnconditionalDropOverload");

    private static final ResponseFlag[] ALL = values();

    private final String code;
    private final String longName;

    ResponseFlag(String code, String longName) {
        this.code = code;
        this.longName = longName;
    }

    /** The short form, such as {@code UH}. */
    public String code() {
        return code;
    }

    /** The form of {@code %RESPONSE_FLAGS_LONG%}. */
    public String longName() {
        return longName;
    }

    /** This flag in a set. */
    public long bit() {
        return 1L << ordinal();
    }

    /** The set as access logs and metrics print it: codes joined by comma, {@code -} if empty. */
    public static String codes(long flags) {
        if (flags == 0) {
            return "-";
        }
        if ((flags & (flags - 1)) == 0) {
            return ALL[Long.numberOfTrailingZeros(flags)].code;
        }
        StringBuilder codes = new StringBuilder();
        for (ResponseFlag flag : ALL) {
            if ((flags & flag.bit()) != 0) {
                codes.append(codes.isEmpty() ? "" : ",").append(flag.code);
            }
        }
        return codes.toString();
    }
}
