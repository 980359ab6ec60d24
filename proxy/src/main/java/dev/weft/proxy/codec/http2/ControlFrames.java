package dev.weft.proxy.codec.http2;

/**
 * What the peer says about the connection and its streams by other frames than HEADERS and DATA.
 *
 * <p>Loop-confined, part of one connection.
 */
final class ControlFrames {
    private final Http2Connection connection;
    private final Http2Endpoint endpoint;
    private final FrameWriter writer;
    private final DataSender sender;
    private final DataReceiver receiver;
    private final FloodGuard flood;
    private final PeerSettings peer;

    ControlFrames(Http2Connection connection, Http2Endpoint endpoint, ConnectionParts parts) {
        this.connection = connection;
        this.endpoint = endpoint;
        this.writer = parts.writer();
        this.sender = parts.sender();
        this.receiver = parts.receiver();
        this.flood = parts.flood();
        this.peer = parts.peer();
    }

    /** The parts of a connection that take part in its control. */
    record ConnectionParts(
            FrameWriter writer, DataSender sender, DataReceiver receiver, FloodGuard flood, PeerSettings peer) {}

    void onReset(int id, int error) {
        Http2Stream stream = connection.streams().find(id);
        if (stream != null) {
            boolean refused = error == Http2Error.REFUSED_STREAM;
            connection.streams().end(stream, refused ? StreamEnd.PEER_REFUSED : StreamEnd.PEER_RESET, error);
        } else if (connection.streams().isIdle(id)) {
            connection.fail(Http2Error.PROTOCOL_ERROR, "RST_STREAM on stream " + id + ", which was never opened");
            return;
        }
        connection.streams().countReset();
    }

    void onSettings(byte[] payload, int length) {
        int windowBefore = sender.peerStreamWindow();
        String fault = peer.apply(payload, length, connection.isServer());
        if (fault != null) {
            connection.fail(peer.faultCode(), fault);
            return;
        }
        connection.heads().peerTableSize(peer.headerTable());
        sender.largestFrame(peer.largestFrame());
        int change = peer.streamWindow() - windowBefore;
        sender.peerStreamWindow(peer.streamWindow());
        if (change != 0) {
            for (Http2Stream stream : connection.streams().all()) {
                if (!sender.enlarge(stream, change)) {
                    connection.fail(
                            Http2Error.FLOW_CONTROL_ERROR, "SETTINGS make a stream's window larger than 2^31-1");
                    return;
                }
            }
        }
        writer.settingsAck();
        connection.scheduleFlush();
        endpoint.onSettings();
    }

    void onSettingsAck() {
        int change = receiver.onSettingsAck();
        if (change != 0) {
            for (Http2Stream stream : connection.streams().all()) {
                stream.receiveWindow += change;
                stream.receiveTarget += change;
            }
        }
    }

    void onPing(boolean ack, byte[] payload) {
        if (ack) {
            endpoint.onPingAck();
            return;
        }
        writer.ping(Frame.ACK, payload);
        connection.scheduleFlush();
        connection.checkWaiting();
    }

    void onGoAway(int lastStreamId, int error) {
        // First the news, then the streams: who repeats a refused request must not be given this connection again.
        endpoint.onGoAway(lastStreamId, error);
        if (!connection.isServer()) {
            for (Http2Stream stream : connection.streams().all()) {
                // A stream's end may end others, whose objects may serve another connection by now.
                if (stream.id() > lastStreamId && connection.streams().has(stream, stream.id())) {
                    connection.streams().end(stream, StreamEnd.PEER_REFUSED, Http2Error.REFUSED_STREAM);
                }
            }
        }
    }

    void onWindowUpdate(int id, int increment) {
        if (!flood.onWindowUpdate(connection.activeStreams())) {
            connection.abort("http2.inbound_window_update_frames_flood");
            return;
        }
        if (id == 0) {
            if (increment == 0) {
                connection.fail(Http2Error.PROTOCOL_ERROR, "WINDOW_UPDATE by 0");
            } else if (!sender.enlarge(increment)) {
                connection.fail(Http2Error.FLOW_CONTROL_ERROR, "WINDOW_UPDATE makes the window larger than 2^31-1");
            }
        } else {
            enlarge(id, increment);
        }
        if (sender.hasSendable()) {
            connection.scheduleFlush();
        }
    }

    private void enlarge(int id, int increment) {
        Http2Stream stream = connection.streams().find(id);
        if (stream == null) {
            if (connection.streams().isIdle(id)) {
                connection.fail(
                        Http2Error.PROTOCOL_ERROR, "WINDOW_UPDATE on stream " + id + ", which was never opened");
            }
        } else if (increment == 0) {
            connection.streams().onStreamFault(id, Http2Error.PROTOCOL_ERROR);
        } else if (!sender.enlarge(stream, increment)) {
            connection.streams().onStreamFault(id, Http2Error.FLOW_CONTROL_ERROR);
        }
    }
}
