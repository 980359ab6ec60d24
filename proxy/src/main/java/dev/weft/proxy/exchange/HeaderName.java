package dev.weft.proxy.exchange;

import com.google.errorprone.annotations.Immutable;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * A lowercase header name: one of the well-known ones below, or one that a configuration asked for ({@link #of}).
 *
 * <p>Immutable. Well-known names are recognised from received bytes by {@link #recognize}: the first and the last eight
 * bytes and the length pick one table slot and, up to sixteen bytes, already prove equality; so no String is made and
 * no byte is looked at twice.
 */
@Immutable
@SuppressWarnings("Immutable") // the byte array never leaves this package unprotected by convention: it is read only
public final class HeaderName {
    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int SLOTS = 1024;
    private static final int[] SLOT_ID = new int[SLOTS];
    private static final long[] SLOT_FIRST = new long[SLOTS];
    private static final long[] SLOT_LAST = new long[SLOTS];
    private static final HeaderName[] BY_ID = new HeaderName[HeaderId.COUNT];

    public static final HeaderName ACCEPT = known(HeaderId.ACCEPT, "accept");
    public static final HeaderName ACCEPT_ENCODING = known(HeaderId.ACCEPT_ENCODING, "accept-encoding");
    public static final HeaderName ACCEPT_LANGUAGE = known(HeaderId.ACCEPT_LANGUAGE, "accept-language");
    public static final HeaderName AUTHORIZATION = known(HeaderId.AUTHORIZATION, "authorization");
    public static final HeaderName AGE = known(HeaderId.AGE, "age");
    public static final HeaderName ALLOW = known(HeaderId.ALLOW, "allow");
    public static final HeaderName BAGGAGE = known(HeaderId.BAGGAGE, "baggage");
    public static final HeaderName CACHE_CONTROL = known(HeaderId.CACHE_CONTROL, "cache-control");
    public static final HeaderName CONNECTION = known(HeaderId.CONNECTION, "connection");
    public static final HeaderName CONTENT_ENCODING = known(HeaderId.CONTENT_ENCODING, "content-encoding");
    public static final HeaderName CONTENT_LENGTH = known(HeaderId.CONTENT_LENGTH, "content-length");
    public static final HeaderName CONTENT_TYPE = known(HeaderId.CONTENT_TYPE, "content-type");
    public static final HeaderName COOKIE = known(HeaderId.COOKIE, "cookie");
    public static final HeaderName DATE = known(HeaderId.DATE, "date");
    public static final HeaderName ETAG = known(HeaderId.ETAG, "etag");
    public static final HeaderName EXPECT = known(HeaderId.EXPECT, "expect");
    public static final HeaderName EXPIRES = known(HeaderId.EXPIRES, "expires");
    public static final HeaderName FORWARDED = known(HeaderId.FORWARDED, "forwarded");
    public static final HeaderName FROM = known(HeaderId.FROM, "from");
    public static final HeaderName GRPC_ACCEPT_ENCODING = known(HeaderId.GRPC_ACCEPT_ENCODING, "grpc-accept-encoding");
    public static final HeaderName GRPC_ENCODING = known(HeaderId.GRPC_ENCODING, "grpc-encoding");
    public static final HeaderName GRPC_MESSAGE = known(HeaderId.GRPC_MESSAGE, "grpc-message");
    public static final HeaderName GRPC_STATUS = known(HeaderId.GRPC_STATUS, "grpc-status");
    public static final HeaderName GRPC_STATUS_DETAILS_BIN =
            known(HeaderId.GRPC_STATUS_DETAILS_BIN, "grpc-status-details-bin");
    public static final HeaderName GRPC_TIMEOUT = known(HeaderId.GRPC_TIMEOUT, "grpc-timeout");
    public static final HeaderName HOST = known(HeaderId.HOST, "host");
    public static final HeaderName HTTP2_SETTINGS = known(HeaderId.HTTP2_SETTINGS, "http2-settings");
    public static final HeaderName IF_MATCH = known(HeaderId.IF_MATCH, "if-match");
    public static final HeaderName IF_MODIFIED_SINCE = known(HeaderId.IF_MODIFIED_SINCE, "if-modified-since");
    public static final HeaderName IF_NONE_MATCH = known(HeaderId.IF_NONE_MATCH, "if-none-match");
    public static final HeaderName KEEP_ALIVE = known(HeaderId.KEEP_ALIVE, "keep-alive");
    public static final HeaderName LAST_MODIFIED = known(HeaderId.LAST_MODIFIED, "last-modified");
    public static final HeaderName LOCATION = known(HeaderId.LOCATION, "location");
    public static final HeaderName MAX_FORWARDS = known(HeaderId.MAX_FORWARDS, "max-forwards");
    public static final HeaderName ORIGIN = known(HeaderId.ORIGIN, "origin");
    public static final HeaderName PRAGMA = known(HeaderId.PRAGMA, "pragma");
    public static final HeaderName PROXY_AUTHENTICATE = known(HeaderId.PROXY_AUTHENTICATE, "proxy-authenticate");
    public static final HeaderName PROXY_AUTHORIZATION = known(HeaderId.PROXY_AUTHORIZATION, "proxy-authorization");
    public static final HeaderName PROXY_CONNECTION = known(HeaderId.PROXY_CONNECTION, "proxy-connection");
    public static final HeaderName RANGE = known(HeaderId.RANGE, "range");
    public static final HeaderName REFERER = known(HeaderId.REFERER, "referer");
    public static final HeaderName RETRY_AFTER = known(HeaderId.RETRY_AFTER, "retry-after");
    public static final HeaderName SEC_WEBSOCKET_ACCEPT = known(HeaderId.SEC_WEBSOCKET_ACCEPT, "sec-websocket-accept");
    public static final HeaderName SEC_WEBSOCKET_EXTENSIONS =
            known(HeaderId.SEC_WEBSOCKET_EXTENSIONS, "sec-websocket-extensions");
    public static final HeaderName SEC_WEBSOCKET_KEY = known(HeaderId.SEC_WEBSOCKET_KEY, "sec-websocket-key");
    public static final HeaderName SEC_WEBSOCKET_PROTOCOL =
            known(HeaderId.SEC_WEBSOCKET_PROTOCOL, "sec-websocket-protocol");
    public static final HeaderName SEC_WEBSOCKET_VERSION =
            known(HeaderId.SEC_WEBSOCKET_VERSION, "sec-websocket-version");
    public static final HeaderName SERVER = known(HeaderId.SERVER, "server");
    public static final HeaderName SET_COOKIE = known(HeaderId.SET_COOKIE, "set-cookie");
    public static final HeaderName STRICT_TRANSPORT_SECURITY =
            known(HeaderId.STRICT_TRANSPORT_SECURITY, "strict-transport-security");
    public static final HeaderName TE = known(HeaderId.TE, "te");
    public static final HeaderName TRACESTATE = known(HeaderId.TRACESTATE, "tracestate");
    public static final HeaderName TRACEPARENT = known(HeaderId.TRACEPARENT, "traceparent");
    public static final HeaderName TRAILER = known(HeaderId.TRAILER, "trailer");
    public static final HeaderName TRANSFER_ENCODING = known(HeaderId.TRANSFER_ENCODING, "transfer-encoding");
    public static final HeaderName UPGRADE = known(HeaderId.UPGRADE, "upgrade");
    public static final HeaderName USER_AGENT = known(HeaderId.USER_AGENT, "user-agent");
    public static final HeaderName VARY = known(HeaderId.VARY, "vary");
    public static final HeaderName VIA = known(HeaderId.VIA, "via");
    public static final HeaderName WARNING = known(HeaderId.WARNING, "warning");
    public static final HeaderName WWW_AUTHENTICATE = known(HeaderId.WWW_AUTHENTICATE, "www-authenticate");
    public static final HeaderName B3 = known(HeaderId.B3, "b3");
    public static final HeaderName X_B3_TRACEID = known(HeaderId.X_B3_TRACEID, "x-b3-traceid");
    public static final HeaderName X_B3_SPANID = known(HeaderId.X_B3_SPANID, "x-b3-spanid");
    public static final HeaderName X_B3_PARENTSPANID = known(HeaderId.X_B3_PARENTSPANID, "x-b3-parentspanid");
    public static final HeaderName X_B3_SAMPLED = known(HeaderId.X_B3_SAMPLED, "x-b3-sampled");
    public static final HeaderName X_B3_FLAGS = known(HeaderId.X_B3_FLAGS, "x-b3-flags");
    public static final HeaderName X_CLIENT_TRACE_ID = known(HeaderId.X_CLIENT_TRACE_ID, "x-client-trace-id");
    public static final HeaderName X_CLOUD_TRACE_CONTEXT =
            known(HeaderId.X_CLOUD_TRACE_CONTEXT, "x-cloud-trace-context");
    public static final HeaderName X_DATADOG_TRACE_ID = known(HeaderId.X_DATADOG_TRACE_ID, "x-datadog-trace-id");
    public static final HeaderName X_OT_SPAN_CONTEXT = known(HeaderId.X_OT_SPAN_CONTEXT, "x-ot-span-context");
    public static final HeaderName X_FORWARDED_FOR = known(HeaderId.X_FORWARDED_FOR, "x-forwarded-for");
    public static final HeaderName X_FORWARDED_HOST = known(HeaderId.X_FORWARDED_HOST, "x-forwarded-host");
    public static final HeaderName X_FORWARDED_PORT = known(HeaderId.X_FORWARDED_PORT, "x-forwarded-port");
    public static final HeaderName X_FORWARDED_PROTO = known(HeaderId.X_FORWARDED_PROTO, "x-forwarded-proto");
    public static final HeaderName X_FORWARDED_CLIENT_CERT =
            known(HeaderId.X_FORWARDED_CLIENT_CERT, "x-forwarded-client-cert");
    public static final HeaderName X_REAL_IP = known(HeaderId.X_REAL_IP, "x-real-ip");
    public static final HeaderName X_REQUEST_ID = known(HeaderId.X_REQUEST_ID, "x-request-id");
    public static final HeaderName X_POWERED_BY = known(HeaderId.X_POWERED_BY, "x-powered-by");
    public static final HeaderName X_ENVOY_ATTEMPT_COUNT =
            known(HeaderId.X_ENVOY_ATTEMPT_COUNT, "x-envoy-attempt-count");
    public static final HeaderName X_ENVOY_DECORATOR_OPERATION =
            known(HeaderId.X_ENVOY_DECORATOR_OPERATION, "x-envoy-decorator-operation");
    public static final HeaderName X_ENVOY_DEGRADED = known(HeaderId.X_ENVOY_DEGRADED, "x-envoy-degraded");
    public static final HeaderName X_ENVOY_DOWNSTREAM_SERVICE_CLUSTER =
            known(HeaderId.X_ENVOY_DOWNSTREAM_SERVICE_CLUSTER, "x-envoy-downstream-service-cluster");
    public static final HeaderName X_ENVOY_DOWNSTREAM_SERVICE_NODE =
            known(HeaderId.X_ENVOY_DOWNSTREAM_SERVICE_NODE, "x-envoy-downstream-service-node");
    public static final HeaderName X_ENVOY_EXPECTED_RQ_TIMEOUT_MS =
            known(HeaderId.X_ENVOY_EXPECTED_RQ_TIMEOUT_MS, "x-envoy-expected-rq-timeout-ms");
    public static final HeaderName X_ENVOY_EXTERNAL_ADDRESS =
            known(HeaderId.X_ENVOY_EXTERNAL_ADDRESS, "x-envoy-external-address");
    public static final HeaderName X_ENVOY_FORCE_TRACE = known(HeaderId.X_ENVOY_FORCE_TRACE, "x-envoy-force-trace");
    public static final HeaderName X_ENVOY_HEDGE_ON_PER_TRY_TIMEOUT =
            known(HeaderId.X_ENVOY_HEDGE_ON_PER_TRY_TIMEOUT, "x-envoy-hedge-on-per-try-timeout");
    public static final HeaderName X_ENVOY_IMMEDIATE_HEALTH_CHECK_FAIL =
            known(HeaderId.X_ENVOY_IMMEDIATE_HEALTH_CHECK_FAIL, "x-envoy-immediate-health-check-fail");
    public static final HeaderName X_ENVOY_INTERNAL = known(HeaderId.X_ENVOY_INTERNAL, "x-envoy-internal");
    public static final HeaderName X_ENVOY_IP_TAGS = known(HeaderId.X_ENVOY_IP_TAGS, "x-envoy-ip-tags");
    public static final HeaderName X_ENVOY_IS_TIMEOUT_RETRY =
            known(HeaderId.X_ENVOY_IS_TIMEOUT_RETRY, "x-envoy-is-timeout-retry");
    public static final HeaderName X_ENVOY_LOCAL_OVERLOADED =
            known(HeaderId.X_ENVOY_LOCAL_OVERLOADED, "x-envoy-local-overloaded");
    public static final HeaderName X_ENVOY_MAX_RETRIES = known(HeaderId.X_ENVOY_MAX_RETRIES, "x-envoy-max-retries");
    public static final HeaderName X_ENVOY_ORIGINAL_HOST =
            known(HeaderId.X_ENVOY_ORIGINAL_HOST, "x-envoy-original-host");
    public static final HeaderName X_ENVOY_ORIGINAL_PATH =
            known(HeaderId.X_ENVOY_ORIGINAL_PATH, "x-envoy-original-path");
    public static final HeaderName X_ENVOY_ORIGINAL_URL = known(HeaderId.X_ENVOY_ORIGINAL_URL, "x-envoy-original-url");
    public static final HeaderName X_ENVOY_OVERLOADED = known(HeaderId.X_ENVOY_OVERLOADED, "x-envoy-overloaded");
    public static final HeaderName X_ENVOY_PEER_METADATA =
            known(HeaderId.X_ENVOY_PEER_METADATA, "x-envoy-peer-metadata");
    public static final HeaderName X_ENVOY_PEER_METADATA_ID =
            known(HeaderId.X_ENVOY_PEER_METADATA_ID, "x-envoy-peer-metadata-id");
    public static final HeaderName X_ENVOY_RATELIMITED = known(HeaderId.X_ENVOY_RATELIMITED, "x-envoy-ratelimited");
    public static final HeaderName X_ENVOY_RETRIABLE_HEADER_NAMES =
            known(HeaderId.X_ENVOY_RETRIABLE_HEADER_NAMES, "x-envoy-retriable-header-names");
    public static final HeaderName X_ENVOY_RETRIABLE_STATUS_CODES =
            known(HeaderId.X_ENVOY_RETRIABLE_STATUS_CODES, "x-envoy-retriable-status-codes");
    public static final HeaderName X_ENVOY_RETRY_GRPC_ON =
            known(HeaderId.X_ENVOY_RETRY_GRPC_ON, "x-envoy-retry-grpc-on");
    public static final HeaderName X_ENVOY_RETRY_ON = known(HeaderId.X_ENVOY_RETRY_ON, "x-envoy-retry-on");
    public static final HeaderName X_ENVOY_UPSTREAM_ALT_STAT_NAME =
            known(HeaderId.X_ENVOY_UPSTREAM_ALT_STAT_NAME, "x-envoy-upstream-alt-stat-name");
    public static final HeaderName X_ENVOY_UPSTREAM_CANARY =
            known(HeaderId.X_ENVOY_UPSTREAM_CANARY, "x-envoy-upstream-canary");
    public static final HeaderName X_ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS =
            known(HeaderId.X_ENVOY_UPSTREAM_RQ_PER_TRY_TIMEOUT_MS, "x-envoy-upstream-rq-per-try-timeout-ms");
    public static final HeaderName X_ENVOY_UPSTREAM_RQ_TIMEOUT_ALT_RESPONSE =
            known(HeaderId.X_ENVOY_UPSTREAM_RQ_TIMEOUT_ALT_RESPONSE, "x-envoy-upstream-rq-timeout-alt-response");
    public static final HeaderName X_ENVOY_UPSTREAM_RQ_TIMEOUT_MS =
            known(HeaderId.X_ENVOY_UPSTREAM_RQ_TIMEOUT_MS, "x-envoy-upstream-rq-timeout-ms");
    public static final HeaderName X_ENVOY_UPSTREAM_SERVICE_TIME =
            known(HeaderId.X_ENVOY_UPSTREAM_SERVICE_TIME, "x-envoy-upstream-service-time");
    public static final HeaderName X_ENVOY_UPSTREAM_STREAM_DURATION_MS =
            known(HeaderId.X_ENVOY_UPSTREAM_STREAM_DURATION_MS, "x-envoy-upstream-stream-duration-ms");
    public static final HeaderName ACCESS_CONTROL_REQUEST_METHOD =
            known(HeaderId.ACCESS_CONTROL_REQUEST_METHOD, "access-control-request-method");
    public static final HeaderName ACCESS_CONTROL_ALLOW_ORIGIN =
            known(HeaderId.ACCESS_CONTROL_ALLOW_ORIGIN, "access-control-allow-origin");
    public static final HeaderName PSEUDO_METHOD = known(HeaderId.PSEUDO_METHOD, ":method");
    public static final HeaderName PSEUDO_PATH = known(HeaderId.PSEUDO_PATH, ":path");
    public static final HeaderName PSEUDO_AUTHORITY = known(HeaderId.PSEUDO_AUTHORITY, ":authority");
    public static final HeaderName PSEUDO_SCHEME = known(HeaderId.PSEUDO_SCHEME, ":scheme");
    public static final HeaderName PSEUDO_STATUS = known(HeaderId.PSEUDO_STATUS, ":status");
    public static final HeaderName PSEUDO_PROTOCOL = known(HeaderId.PSEUDO_PROTOCOL, ":protocol");

    private final int id;
    private final String text;
    private final byte[] bytes;

    private HeaderName(int id, String text) {
        this.id = id;
        this.text = text;
        this.bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The name for {@code text}, lowercased; the shared constant if it is a well-known one. */
    public static HeaderName of(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        byte[] bytes = lower.getBytes(StandardCharsets.ISO_8859_1);
        int id = recognize(bytes, 0, bytes.length);
        return id == HeaderId.UNKNOWN ? new HeaderName(HeaderId.UNKNOWN, lower) : BY_ID[id];
    }

    /** The well-known name with this number. */
    public static HeaderName byId(int id) {
        HeaderName name = BY_ID[id];
        if (name == null) {
            throw new IllegalArgumentException("no well-known header name has the number " + id);
        }
        return name;
    }

    /** The {@link HeaderId} of a lowercase name, or {@link HeaderId#UNKNOWN}. */
    public static int recognize(byte[] block, int start, int length) {
        if (length < 2) {
            return HeaderId.UNKNOWN;
        }
        long first = firstBytes(block, start, length);
        long last = lastBytes(block, start, length);
        int slot = slot(first, last, length);
        while (true) {
            int id = SLOT_ID[slot];
            if (id == HeaderId.UNKNOWN) {
                return HeaderId.UNKNOWN;
            }
            if (SLOT_FIRST[slot] == first && SLOT_LAST[slot] == last) {
                byte[] known = BY_ID[id].bytes;
                if (known.length == length
                        && (length <= 16
                                || Arrays.equals(known, 8, length - 8, block, start + 8, start + length - 8))) {
                    return id;
                }
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
    }

    /** The {@link HeaderId}, {@link HeaderId#UNKNOWN} for a name that only a configuration knows. */
    public int id() {
        return id;
    }

    /** The name's length in bytes. */
    public int length() {
        return bytes.length;
    }

    /** The name as text. */
    public String text() {
        return text;
    }

    /** The name's bytes; read only, never written to by anybody. */
    public byte[] bytes() {
        return bytes;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof HeaderName that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    @Override
    public String toString() {
        return text;
    }

    private static HeaderName known(int id, String text) {
        HeaderName name = new HeaderName(id, text);
        BY_ID[id] = name;
        long first = firstBytes(name.bytes, 0, name.bytes.length);
        long last = lastBytes(name.bytes, 0, name.bytes.length);
        int slot = slot(first, last, name.bytes.length);
        while (SLOT_ID[slot] != HeaderId.UNKNOWN) {
            slot = (slot + 1) & (SLOTS - 1);
        }
        SLOT_ID[slot] = id;
        SLOT_FIRST[slot] = first;
        SLOT_LAST[slot] = last;
        return name;
    }

    private static long firstBytes(byte[] block, int start, int length) {
        if (length >= 8) {
            return (long) LONGS.get(block, start);
        }
        if (length >= 4) {
            return (int) INTS.get(block, start) & 0xFFFF_FFFFL;
        }
        return (block[start] & 0xFFL) | (block[start + 1] & 0xFFL) << 8;
    }

    private static long lastBytes(byte[] block, int start, int length) {
        if (length >= 8) {
            return (long) LONGS.get(block, start + length - 8);
        }
        if (length >= 4) {
            return (int) INTS.get(block, start + length - 4) & 0xFFFF_FFFFL;
        }
        return block[start + length - 1] & 0xFFL;
    }

    private static int slot(long first, long last, int length) {
        long hash = (first * 0x9E37_79B9_7F4A_7C15L) ^ Long.rotateLeft(last * 0xC2B2_AE3D_27D4_EB4FL, 29) ^ length;
        hash *= 0x9E37_79B9_7F4A_7C15L;
        return (int) (hash >>> 54);
    }
}
