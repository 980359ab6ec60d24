package dev.weft.proxy.telemetry;

/** Istio's metric names and the values of their labels. */
public final class MetricNames {
    public static final String REQUESTS = "istio_requests_total";
    public static final String REQUEST_DURATION = "istio_request_duration_milliseconds";
    public static final String REQUEST_BYTES = "istio_request_bytes";
    public static final String RESPONSE_BYTES = "istio_response_bytes";
    public static final String TCP_OPENED = "istio_tcp_connections_opened_total";
    public static final String TCP_CLOSED = "istio_tcp_connections_closed_total";
    public static final String TCP_SENT = "istio_tcp_sent_bytes_total";
    public static final String TCP_RECEIVED = "istio_tcp_received_bytes_total";

    /** What stands for a label whose value nobody knows. */
    public static final String UNKNOWN = "unknown";

    private MetricNames() {}
}
