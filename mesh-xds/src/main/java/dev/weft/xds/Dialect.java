package dev.weft.xds;

import java.util.Map;

/**
 * Who asks for configuration, which decides the words that may be used. Chosen from the node's user agent and metadata. What each dialect
 * makes of a model is {@link DialectAdapter}'s business.
 */
public enum Dialect {
    /** Our own proxies, and Istio's build of Envoy: they know the {@code istio.*} filters. */
    WEFT,
    /** A stock Envoy: no {@code istio.*} filter, one fixed ALPN per cluster, TLS 1.3 only where it is asked for. */
    ENVOY,
    /** A gRPC library without proxy: API listeners, no SDS, few fields. */
    GRPC;

    /**
     * @param userAgent {@code Node.user_agent_name}
     * @param metadata top-level text values of the node's metadata
     */
    public static Dialect of(String userAgent, Map<String, String> metadata) {
        if (userAgent.startsWith("gRPC") || "grpc".equals(metadata.get("GENERATOR"))) {
            return GRPC;
        }
        boolean ours = userAgent.equals("weft");
        return ours || metadata.containsKey("ISTIO_VERSION") ? WEFT : ENVOY;
    }
}
