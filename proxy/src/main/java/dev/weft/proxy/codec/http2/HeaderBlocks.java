package dev.weft.proxy.codec.http2;

import dev.weft.proxy.codec.http2.hpack.HpackDecoder;
import org.jspecify.annotations.Nullable;

/**
 * Makes heads and trailers of complete header blocks, opening streams where a client asks for them.
 *
 * <p>Loop-confined, part of one connection. Every block is decoded, whatever becomes of its stream: the tables of both ends
 * would differ otherwise.
 */
final class HeaderBlocks {
    private static final int HEADER_TABLE = 4096;

    private final Http2Connection connection;
    private final Http2Endpoint endpoint;
    private final boolean server;
    private final int maxStreams;
    private final HpackDecoder decoder;

    HeaderBlocks(Http2Connection connection, Http2Endpoint endpoint, Http2Config config, Http2Loop shared) {
        this.connection = connection;
        this.endpoint = endpoint;
        this.server = connection.isServer();
        this.maxStreams = config.maxStreams();
        this.decoder = new HpackDecoder(HEADER_TABLE, shared.scratch);
    }

    void onBlock(int id, boolean end, boolean selfDependent, byte[] block, int at, int length) {
        Http2Stream stream = connection.streams().find(id);
        if (stream == null) {
            if (!server || (id & 1) == 0 || id <= connection.lastPeerStream()) {
                if (decode(block, at, length, MessageFields.IGNORE)) {
                    onBlockOfClosedStream(id);
                }
            } else {
                onNewStream(id, end, selfDependent, block, at, length);
            }
            return;
        }
        int fault = Http2Error.NO_ERROR;
        if (stream.isRemoteEnded()) {
            fault = Http2Error.STREAM_CLOSED;
        } else if (selfDependent || (stream.has(Http2Stream.HEAD_RECEIVED) && !end)) {
            fault = Http2Error.PROTOCOL_ERROR;
        }
        if (fault == Http2Error.NO_ERROR) {
            decodeMessage(stream, end, block, at, length);
        } else if (decode(block, at, length, MessageFields.IGNORE)) {
            connection.streams().onStreamFault(id, fault);
        }
    }

    private void onNewStream(int id, boolean end, boolean selfDependent, byte[] block, int at, int length) {
        connection.streams().peerOpened(id);
        Http2Stream stream = null;
        boolean served = connection.streams().serves(id);
        if (served && !selfDependent && connection.activeStreams() < maxStreams) {
            stream = accept(id);
        }
        if (stream != null) {
            decodeMessage(stream, end, block, at, length);
        } else if (decode(block, at, length, MessageFields.IGNORE) && served) {
            connection
                    .streams()
                    .onStreamFault(id, selfDependent ? Http2Error.PROTOCOL_ERROR : Http2Error.REFUSED_STREAM);
        }
    }

    private @Nullable Http2Stream accept(int id) {
        Http2Stream stream = endpoint.accept();
        if (stream != null) {
            connection.add(stream, id);
        }
        return stream;
    }

    private void decodeMessage(Http2Stream stream, boolean end, byte[] block, int at, int length) {
        int id = stream.id();
        stream.activeAt = connection.now();
        MessageFields fields = stream.fields(end);
        if (!decode(block, at, length, fields)) {
            return;
        }
        fields.finish();
        boolean interim = fields.isInterim();
        if (!stream.has(Http2Stream.HEAD_RECEIVED) && !interim) {
            stream.bits |= Http2Stream.HEAD_RECEIVED;
            stream.expected = stream.bodyLength(fields);
        }
        boolean wrongLength = end && stream.expected >= 0 && stream.received != stream.expected;
        if (fields.outcome() == MessageFields.Outcome.MALFORMED || (end && interim) || wrongLength) {
            connection.streams().onStreamFault(id, Http2Error.PROTOCOL_ERROR);
            return;
        }
        if (end) {
            stream.bits |= Http2Stream.REMOTE_ENDED;
        }
        stream.onFields(end);
        if (end) {
            connection.streams().remoteEnded(stream, id);
        }
    }

    private void onBlockOfClosedStream(int id) {
        if (connection.streams().isIdle(id)) {
            connection.fail(Http2Error.PROTOCOL_ERROR, "HEADERS on stream " + id + ", which the peer may not open");
        } else if (server
                && connection.streams().serves(id)
                && !connection.streams().wasReset(id)) {
            connection.fail(Http2Error.STREAM_CLOSED, "HEADERS on stream " + id + ", which is closed");
        }
    }

    private boolean decode(byte[] block, int at, int length, MessageFields fields) {
        if (!decoder.decode(block, at, length, fields)) {
            connection.fail(Http2Error.COMPRESSION_ERROR, "a header block cannot be decoded");
            return false;
        }
        return true;
    }
}
