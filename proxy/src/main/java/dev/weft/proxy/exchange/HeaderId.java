package dev.weft.proxy.exchange;

/**
 * The numbers of the well-known header names, so that code can switch on them; {@link HeaderName} holds the names.
 *
 * <p>Immutable. A number is stable within one build only and never leaves the process.
 */
public final class HeaderId {
    /** Any name that is not in the table. */
    public static final int UNKNOWN = 0;

    public static final int ACCEPT = 1;
    public static final int ACCEPT_ENCODING = 2;
    public static final int ACCEPT_LANGUAGE = 3;
    public static final int AUTHORIZATION = 4;
    public static final int AGE = 5;
    public static final int ALLOW = 6;
    public static final int BAGGAGE = 7;
    public static final int CACHE_CONTROL = 8;
    public static final int CONNECTION = 9;
    public static final int CONTENT_ENCODING = 10;
    public static final int CONTENT_LENGTH = 11;
    public static final int CONTENT_TYPE = 12;
    public static final int COOKIE = 13;
    public static final int DATE = 14;
    public static final int ETAG = 15;
    public static final int EXPECT = 16;
    public static final int EXPIRES = 17;
    public static final int FORWARDED = 18;
    public static final int FROM = 19;
    public static final int GRPC_ACCEPT_ENCODING = 20;
    public static final int GRPC_ENCODING = 21;
    public static final int GRPC_MESSAGE = 22;
    public static final int GRPC_STATUS = 23;
    public static final int GRPC_STATUS_DETAILS_BIN = 24;
    public static final int GRPC_TIMEOUT = 25;
    public static final int HOST = 26;
    public static final int HTTP2_SETTINGS = 27;
    public static final int IF_MATCH = 28;
    public static final int IF_MODIFIED_SINCE = 29;
    public static final int IF_NONE_MATCH = 30;
    public static final int KEEP_ALIVE = 31;
    public static final int LAST_MODIFIED = 32;
    public static final int LOCATION = 33;
    public static final int MAX_FORWARDS = 34;
    public static final int ORIGIN = 35;
    public static final int PRAGMA = 36;
    public static final int PROXY_AUTHENTICATE = 37;
    public static final int PROXY_AUTHORIZATION = 38;
    public static final int PROXY_CONNECTION = 39;
    public static final int RANGE = 40;
    public static final int REFERER = 41;
    public static final int RETRY_AFTER = 42;
    public static final int SEC_WEBSOCKET_ACCEPT = 43;
    public static final int SEC_WEBSOCKET_EXTENSIONS = 44;
    public static final int SEC_WEBSOCKET_KEY = 45;
    public static final int SEC_WEBSOCKET_PROTOCOL = 46;
    public static final int SEC_WEBSOCKET_VERSION = 47;
    public static final int SERVER = 48;
    public static final int SET_COOKIE = 49;
    public static final int STRICT_TRANSPORT_SECURITY = 50;
    public static final int TE = 51;
    public static final int TRACESTATE = 52;
    public static final int TRACEPARENT = 53;
    public static final int TRAILER = 54;
    public static final int TRANSFER_ENCODING = 55;
    public static final int UPGRADE = 56;
    public static final int USER_AGENT = 57;
    public static final int VARY = 58;
    public static final int VIA = 59;
    public static final int WARNING = 60;
    public static final int WWW_AUTHENTICATE = 61;
    public static final int B3 = 62;
    public static final int X_B3_TRACEID = 63;
    public static final int X_B3_SPANID = 64;
    public static final int X_B3_PARENTSPANID = 65;
    public static final int X_B3_SAMPLED = 66;
    public static final int X_B3_FLAGS = 67;
    public static final int X_CLIENT_TRACE_ID = 68;
    public static final int X_CLOUD_TRACE_CONTEXT = 69;
    public static final int X_DATADOG_TRACE_ID = 70;
    public static final int X_OT_SPAN_CONTEXT = 71;
    public static final int X_FORWARDED_FOR = 72;
    public static final int X_FORWARDED_HOST = 73;
    public static final int X_FORWARDED_PORT = 74;
    public static final int X_FORWARDED_PROTO = 75;
    public static final int X_FORWARDED_CLIENT_CERT = 76;
    public static final int X_REAL_IP = 77;
    public static final int X_REQUEST_ID = 78;
    public static final int X_POWERED_BY = 79;
    public static final int X_ENVOY_ATTEMPT_COUNT = 80;
    public static final int X_ENVOY_DECORATOR_OPERATION = 81;
    public static final int X_ENVOY_DEGRADED = 82;
    public static final int X_ENVOY_DOWNSTREAM_SERVICE_CLUSTER = 83;
    public static final int X_ENVOY_DOWNSTREAM_SERVICE_NODE = 84;
    public static final int X_ENVOY_EXPECTED_RQ_TIMEOUT_MS = 85;
    public static final int X_ENVOY_EXTERNAL_ADDRESS = 86;
    public static final int X_ENVOY_FORCE_TRACE = 87;
    public static final int X_ENVOY_HEDGE_ON_PER_TRY_TIMEOUT = 88;
    public static final int X_ENVOY_IMMEDIATE_HEALTH_CHECK_FAIL = 89;
    public static final int X_ENVOY_INTERNAL = 90;
    public static final int X_ENVOY_IP_TAGS = 91;
    public static final int X_ENVOY_IS_TIMEOUT_RETRY = 92;
    public static final int X_ENVOY_LOCAL_OVERLOADED = 93;
    public static final int X_ENVOY_MAX_RETRIES = 94;
    public static final int X_ENVOY_ORIGINAL_HOST = 95;
    public static final int X_ENVOY_ORIGINAL_PATH = 96;
    public static final int X_ENVOY_ORIGINAL_URL = 97;
    public static final int X_ENVOY_OVERLOADED = 98;
    public static final int X_ENVOY_PEER_METADATA = 99;
    public static final int X_ENVOY_PEER_METADATA_ID = 100;
    public static final int X_ENVOY_RATELIMITED = 101;
    public static final int X_ENVOY_RETRIABLE_HEADER_NAMES = 102;
    public static final int X_ENVOY_RETRIABLE_STATUS_CODES = 103;
    public static final int X_ENVOY_RETRY_GRPC_ON = 104;
    public static final int X_ENVOY_RETRY_ON = 105;
    public static final int X_ENVOY_UPSTREAM_ALT_STAT_NAME = 106;
    public static final int X_ENVOY_UPSTREAM_CANARY = 107;
    public static final int X_ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS = 108;
    public static final int X_ENVOY_UPSTREAM_RQ_TIMEOUT_ALT_RESPONSE = 109;
    public static final int X_ENVOY_UPSTREAM_RQ_TIMEOUT_MS = 110;
    public static final int X_ENVOY_UPSTREAM_SERVICE_TIME = 111;
    public static final int X_ENVOY_UPSTREAM_STREAM_DURATION_MS = 112;
    public static final int ACCESS_CONTROL_REQUEST_METHOD = 113;
    public static final int ACCESS_CONTROL_ALLOW_ORIGIN = 114;
    public static final int PSEUDO_METHOD = 115;
    public static final int PSEUDO_PATH = 116;
    public static final int PSEUDO_AUTHORITY = 117;
    public static final int PSEUDO_SCHEME = 118;
    public static final int PSEUDO_STATUS = 119;
    public static final int PSEUDO_PROTOCOL = 120;

    /** How many numbers there are, {@link #UNKNOWN} included. */
    public static final int COUNT = 121;

    private HeaderId() {}
}
