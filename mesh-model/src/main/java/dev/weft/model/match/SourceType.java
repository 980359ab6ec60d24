package dev.weft.model.match;

/** Where a connection comes from, as Envoy's filter chain match asks it. */
public enum SourceType {
    ANY,
    SAME_IP_OR_LOOPBACK,
    EXTERNAL
}
