package dev.weft.proxy.codec.http2;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Checks the shape of received frames, puts header blocks together, and hands on what is sound.
 *
 * <p>Loop-confined, part of one connection. RFC 9113 section 6 decides what is an error of the stream and what of the
 * connection.
 */
final class FrameDispatcher implements FrameSink {
    private static final byte[] EMPTY = {};
    /** Beyond the size that fields may have: a block that is longer encoded than its fields may be decoded is an attack. */
    private static final int BLOCK_SLACK = 16 * 1024;

    private final Http2Connection connection;
    private final HeaderBlocks blocks;
    private final DataReceiver data;
    private final ControlFrames control;
    private final FloodGuard flood;
    private final int longestBlock;

    private boolean settingsSeen;
    /** The stream whose block is not complete; 0 if none. */
    private int blockStream;

    private boolean blockEnds;
    private boolean blockSelfDependent;
    private byte[] block = EMPTY;
    private int blockLength;
    private int continuations;
    private int smallContinuations;

    FrameDispatcher(
            Http2Connection connection,
            HeaderBlocks blocks,
            DataReceiver data,
            ControlFrames control,
            FloodGuard flood,
            Http2Config config) {
        this.connection = connection;
        this.blocks = blocks;
        this.data = data;
        this.control = control;
        this.flood = flood;
        this.longestBlock = config.maxFieldBytes() + BLOCK_SLACK;
    }

    @Override
    public boolean onFrameHeader(int type, int flags, int streamId, int length) {
        if (length > Frame.DEFAULT_SIZE) {
            return fail(Http2Error.FRAME_SIZE_ERROR, "frame of " + length + " bytes, at most 16384 are allowed");
        }
        if (blockStream != 0 && (type != Frame.CONTINUATION || streamId != blockStream)) {
            return fail(Http2Error.PROTOCOL_ERROR, "a header block is interrupted by a frame of type " + type);
        }
        if (!settingsSeen) {
            if (type != Frame.SETTINGS || (flags & Frame.ACK) != 0) {
                return fail(Http2Error.PROTOCOL_ERROR, "the first frame is of type " + type + ", not SETTINGS");
            }
            settingsSeen = true;
        }
        return switch (type) {
            case Frame.DATA -> streamed(streamId) && sized((flags & Frame.PADDED) == 0 || length > 0, type, length);
            case Frame.HEADERS, Frame.PRIORITY -> streamed(streamId);
            case Frame.RST_STREAM -> streamed(streamId) && sized(length == 4, type, length);
            case Frame.SETTINGS ->
                unstreamed(streamId) && sized((flags & Frame.ACK) == 0 ? length % 6 == 0 : length == 0, type, length);
            case Frame.PUSH_PROMISE -> fail(Http2Error.PROTOCOL_ERROR, "PUSH_PROMISE, but push is not enabled");
            case Frame.PING -> unstreamed(streamId) && sized(length == 8, type, length);
            case Frame.GOAWAY -> unstreamed(streamId) && sized(length >= 8, type, length);
            case Frame.WINDOW_UPDATE -> sized(length == 4, type, length);
            case Frame.CONTINUATION ->
                blockStream != 0 || fail(Http2Error.PROTOCOL_ERROR, "CONTINUATION without a header block");
            default -> true;
        };
    }

    @Override
    public void onFrame(int type, int flags, int streamId, byte[] payload, int length) {
        switch (type) {
            case Frame.HEADERS -> onHeaders(flags, streamId, payload, length);
            case Frame.CONTINUATION -> onContinuation(flags, payload, length);
            case Frame.PRIORITY -> onPriority(streamId, payload, length);
            case Frame.RST_STREAM -> control.onReset(streamId, number(payload, 0));
            case Frame.SETTINGS -> {
                if ((flags & Frame.ACK) != 0) {
                    control.onSettingsAck();
                } else {
                    control.onSettings(payload, length);
                }
            }
            case Frame.PING -> control.onPing((flags & Frame.ACK) != 0, payload);
            case Frame.GOAWAY -> control.onGoAway(number(payload, 0) & 0x7FFF_FFFF, number(payload, 4));
            case Frame.WINDOW_UPDATE -> control.onWindowUpdate(streamId, number(payload, 0) & 0x7FFF_FFFF);
            default -> {} // section 4.1: frames of unknown type are passed over
        }
    }

    @Override
    public void onDataStart(int flags, int streamId, int length, int padding) {
        data.onStart(flags, streamId, length, padding);
    }

    @Override
    public void onDataBytes(ByteBuf bytes, boolean last) {
        data.onBytes(bytes, last);
    }

    @Override
    public void onBadPadding() {
        fail(Http2Error.PROTOCOL_ERROR, "DATA whose padding is longer than the frame");
    }

    static int number(byte[] payload, int at) {
        return payload[at] << 24
                | (payload[at + 1] & 0xFF) << 16
                | (payload[at + 2] & 0xFF) << 8
                | (payload[at + 3] & 0xFF);
    }

    private void onHeaders(int flags, int streamId, byte[] payload, int length) {
        int at = 0;
        int end = length;
        if ((flags & Frame.PADDED) != 0) {
            if (length == 0) {
                fail(Http2Error.FRAME_SIZE_ERROR, "padded HEADERS without a padding length");
                return;
            }
            end -= payload[0] & 0xFF;
            at = 1;
        }
        boolean selfDependent = false;
        if ((flags & Frame.PRIORITY_FLAG) != 0) {
            if (length - at < 5) {
                fail(Http2Error.FRAME_SIZE_ERROR, "HEADERS too short for their priority");
                return;
            }
            selfDependent = (number(payload, at) & 0x7FFF_FFFF) == streamId;
            at += 5;
        }
        if (end < at) {
            fail(Http2Error.PROTOCOL_ERROR, "HEADERS whose padding is longer than the frame");
            return;
        }
        boolean ends = (flags & Frame.END_STREAM) != 0;
        if ((flags & Frame.END_HEADERS) != 0) {
            flood.onFilledFrame();
            blocks.onBlock(streamId, ends, selfDependent, payload, at, end - at);
            return;
        }
        if (end == at && !flood.onEmptyFrame()) {
            connection.abort("http2.inbound_empty_frames_flood");
            return;
        }
        blockStream = streamId;
        blockEnds = ends;
        blockSelfDependent = selfDependent;
        continuations = 0;
        smallContinuations = 0;
        append(payload, at, end - at);
    }

    private void onContinuation(int flags, byte[] payload, int length) {
        boolean complete = (flags & Frame.END_HEADERS) != 0;
        if (length < FloodGuard.SMALL_CONTINUATION && !complete) {
            smallContinuations++;
        }
        if (++continuations > FloodGuard.MOST_CONTINUATIONS
                || smallContinuations > FloodGuard.MOST_SMALL_CONTINUATIONS
                || blockLength + length > longestBlock
                || (length == 0 && !complete && !flood.onEmptyFrame())) {
            connection.abort("http2.continuation_flood");
            return;
        }
        append(payload, 0, length);
        if (!complete) {
            return;
        }
        byte[] whole = block;
        int wholeLength = blockLength;
        int streamId = blockStream;
        block = EMPTY;
        blockLength = 0;
        blockStream = 0;
        flood.onFilledFrame();
        blocks.onBlock(streamId, blockEnds, blockSelfDependent, whole, 0, wholeLength);
    }

    private void append(byte[] payload, int at, int length) {
        if (block.length < blockLength + length) {
            block = Arrays.copyOf(block, Math.max(blockLength + length, block.length * 2));
        }
        System.arraycopy(payload, at, block, blockLength, length);
        blockLength += length;
    }

    private void onPriority(int streamId, byte[] payload, int length) {
        if (!flood.onPriority(connection.activeStreams())) {
            connection.abort("http2.inbound_priority_frames_flood");
        } else if (length != 5) {
            connection.streams().onStreamFault(streamId, Http2Error.FRAME_SIZE_ERROR);
        } else if ((number(payload, 0) & 0x7FFF_FFFF) == streamId) {
            connection.streams().onStreamFault(streamId, Http2Error.PROTOCOL_ERROR);
        }
    }

    private boolean streamed(int streamId) {
        return streamId != 0 || fail(Http2Error.PROTOCOL_ERROR, "a frame that needs a stream is on stream 0");
    }

    private boolean unstreamed(int streamId) {
        return streamId == 0 || fail(Http2Error.PROTOCOL_ERROR, "a connection's frame is on stream " + streamId);
    }

    private boolean sized(boolean right, int type, int length) {
        return right || fail(Http2Error.FRAME_SIZE_ERROR, "frame of type " + type + " with " + length + " bytes");
    }

    private boolean fail(int error, String why) {
        connection.fail(error, why);
        return false;
    }
}
