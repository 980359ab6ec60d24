package dev.weft.proxy.codec.http2;

import org.jspecify.annotations.Nullable;

/** Who uses a connection: a server's or a client's end. Called on the connection's loop. */
public interface Http2Endpoint {
    /**
     * The peer opens a stream (server only).
     *
     * @return the object for it, or null to refuse it
     */
    @Nullable
    Http2Stream accept();

    /** The peer's settings came, the first ones or later ones. */
    void onSettings();

    /** The peer goes away; streams of ours above {@code lastStreamId} were reset as refused before. */
    void onGoAway(int lastStreamId, int error);

    /** The peer answered a ping of ours. */
    void onPingAck();

    /** A stream is over; {@link Http2Connection#activeStreams} counts it no more. */
    void onStreamClosed();

    /** Called now and then for every open stream, so that old ones can be ended. */
    void onSweep(Http2Stream stream);

    /** An event of the channel's pipeline that is not the connection's. */
    void onEvent(Object event);

    /** The connection can be used no more; its streams are told next. Called once or twice. */
    void onOver();

    /** The connection is gone; all streams were reset before. */
    void onClosed();
}
