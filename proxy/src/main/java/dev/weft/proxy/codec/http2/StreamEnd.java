package dev.weft.proxy.codec.http2;

/** Why a stream was over before its time. */
public enum StreamEnd {
    /** The peer sent RST_STREAM. */
    PEER_RESET,
    /** The peer went away and says that it did not and will not look at the stream. */
    PEER_REFUSED,
    /** The peer broke the protocol on this stream. */
    PEER_FAULT,
    /** The peer gave no room for what we had to send, for too long. */
    FLUSH_TIMEOUT,
    /** The peer broke the protocol on the connection, or attacked. */
    CONNECTION_FAULT,
    /** The connection ended. */
    CONNECTION_CLOSED
}
