package dev.weft.proxy.codec.http2;

import io.netty.buffer.ByteBuf;

/** Takes what a {@link FrameReader} finds; called on the connection's loop. */
interface FrameSink {
    /**
     * A frame begins.
     *
     * @return whether to go on; false if the connection is over
     */
    boolean onFrameHeader(int type, int flags, int streamId, int length);

    /** A whole frame other than DATA; the array is lent for the time of the call. */
    void onFrame(int type, int flags, int streamId, byte[] payload, int length);

    /** A DATA frame begins. {@code data} plus {@code padding} (its length byte included) is the frame's length. */
    void onDataStart(int flags, int streamId, int data, int padding);

    /** Bytes of the DATA frame, which belong to the callee; {@code last} with its last ones, never empty otherwise. */
    void onDataBytes(ByteBuf bytes, boolean last);

    /** The frame's padding is longer than the frame. */
    void onBadPadding();
}
