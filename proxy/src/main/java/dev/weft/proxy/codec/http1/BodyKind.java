package dev.weft.proxy.codec.http1;

/** How a received message says where its body ends. */
public enum BodyKind {
    /** There is none. */
    NONE,
    /** After so many bytes. */
    LENGTH,
    /** With the last chunk. */
    CHUNKED,
    /** With the connection: responses of old servers. */
    UNTIL_CLOSE,
    /** Never: the connection carries another protocol from here on. */
    TUNNEL
}
