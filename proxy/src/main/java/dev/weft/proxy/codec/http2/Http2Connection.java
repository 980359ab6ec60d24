package dev.weft.proxy.codec.http2;

import dev.weft.proxy.codec.http2.hpack.HpackDecoder;
import dev.weft.proxy.codec.http2.hpack.HpackEncoder;
import dev.weft.proxy.exchange.Flushable;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestHead;
import dev.weft.proxy.exchange.Timer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.DecoderException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/2 connection, either end: its settings, its streams, its errors, its flushes.
 *
 * <p>The last handler of its channel. Bytes go through {@link FrameReader} and {@link FrameDispatcher} to here; a server's or a
 * client's {@link Http2Endpoint} and its {@link Http2Stream}s use it. Loop-confined.
 *
 * <p>Two rules. Reading is never paused: what a peer may send is bounded by the windows, and what waits for it by {@link
 * DataSender}. And nothing is flushed at once: all that a loop's turn wrote goes out at its end, in one system call.
 */
public final class Http2Connection extends ChannelInboundHandlerAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Connection.class);
    private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER_TABLE = 4096;
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long SWEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final byte[] NO_DEBUG = {};

    private final Role role;
    private final Http2Endpoint endpoint;
    private final Http2Config config;
    private final Loop loop;
    private final Http2Loop shared;
    private final StreamMap streams = new StreamMap();
    private final ResetMemory resets = new ResetMemory();
    private final FloodGuard flood = new FloodGuard();
    private final PeerSettings peer = new PeerSettings();
    private final FrameWriter writer;
    private final DataSender sender;
    private final DataReceiver receiver;
    private final FrameReader reader;
    private final HpackDecoder decoder;
    private final HeadEncoder heads;
    private final Sweep sweep = new Sweep();
    private final Linger linger = new Linger();
    private final ConnectionFlush flush = new ConnectionFlush();

    private @Nullable ChannelHandlerContext ctx;
    private int prefaceSeen;
    private int nextStream;
    private int lastPeerStream;
    private int lastAccepted = Integer.MAX_VALUE;
    private @Nullable Http2Stream[] finishing = new Http2Stream[8];
    private int finishingCount;
    private boolean failed;
    private boolean closed;
    private boolean probing;
    private long drainedAt;

    /** Which end we are. */
    public enum Role {
        SERVER,
        CLIENT
    }

    /** Makes the handler; it starts when it is added to an open channel's pipeline. */
    public Http2Connection(Role role, Http2Endpoint endpoint, Http2Config config, Loop loop) {
        this.role = role;
        this.endpoint = endpoint;
        this.config = config;
        this.loop = loop;
        this.shared = Http2Loop.of(loop);
        this.writer = new FrameWriter(loop.allocator());
        this.sender = new DataSender(this, writer, flood);
        this.receiver = new DataReceiver(this, writer, flood, config);
        this.reader = new FrameReader(new FrameDispatcher(this, receiver, flood, config), shared.frame);
        this.decoder = new HpackDecoder(HEADER_TABLE, shared.scratch);
        this.heads = new HeadEncoder(new HpackEncoder(shared.scratch));
        this.prefaceSeen = role == Role.SERVER ? 0 : PREFACE.length;
        this.nextStream = role == Role.SERVER ? 2 : 1;
    }

    // ---- for the endpoint ------------------------------------------------------------------------------------------

    /** Streams that are open. */
    public int activeStreams() {
        return streams.size();
    }

    /** How many streams the peer lets us open. */
    public long peerMaxStreams() {
        return peer.maxStreams();
    }

    /** Whether the peer takes extended CONNECT (RFC 8441). */
    public boolean peerTakesConnectProtocol() {
        return peer.connectProtocol();
    }

    /** How many streams may still be opened before the numbers run out. */
    public int streamsLeft() {
        return (Integer.MAX_VALUE - nextStream) / 2;
    }

    /** Whether the connection has failed or is closed. */
    public boolean isOver() {
        return failed || closed;
    }

    /** Opens a stream of ours. */
    public void open(Http2Stream stream) {
        stream.opened(this, nextStream, receiver.streamWindow(), sender.peerStreamWindow(), now());
        nextStream += 2;
        streams.add(stream);
        sweep.arm();
    }

    /** Writes a request's head. */
    public void writeRequest(Http2Stream stream, RequestHead head, boolean end) {
        heads.request(head);
        writeBlock(stream, end);
    }

    /** Writes a response's head, final or informational. */
    public void writeResponse(Http2Stream stream, int status, Headers headers, boolean end) {
        heads.response(status, headers);
        if (status >= 200) {
            stream.bits |= Http2Stream.HEAD_SENT;
        }
        writeBlock(stream, end);
    }

    /** Sends or queues body bytes, which become the connection's. */
    public void sendData(Http2Stream stream, ByteBuf data, boolean end) {
        if (stream.isOpen() && !stream.isLocalEnded()) {
            sender.send(stream, data, end);
        } else {
            data.release();
        }
    }

    /** Sends trailers behind what is queued; they must stay as they are until the stream is finished. */
    public void sendTrailers(Http2Stream stream, Headers trailers) {
        if (stream.isOpen() && !stream.isLocalEnded()) {
            sender.sendTrailers(stream, trailers);
        }
    }

    /** So many bytes of the stream's body were written on: the peer may send as many more. */
    public void consumed(Http2Stream stream, int bytes) {
        receiver.consumed(stream, bytes);
    }

    /** Ends a stream by RST_STREAM; {@link Http2Stream#onFinished} follows with the flush. */
    public void reset(Http2Stream stream, int error) {
        if (!stream.isOpen()) {
            return;
        }
        writer.reset(stream.id(), error);
        resets.add(stream.id());
        forget(stream);
        finishLater(stream);
    }

    /** Announces that streams above this number are not served; debug data goes to the peer's log. */
    public void goAway(int lastStreamId, int error) {
        if (!isOver()) {
            lastAccepted = Math.min(lastAccepted, lastStreamId);
            writer.goAway(lastStreamId, error, NO_DEBUG);
            scheduleFlush();
        }
    }

    /** The highest stream that the peer opened. */
    public int lastPeerStream() {
        return lastPeerStream;
    }

    /** Sends a ping; {@link Http2Endpoint#onPingAck} tells of the answer. */
    public void ping() {
        if (!isOver()) {
            writer.ping(0, new byte[8]);
            scheduleFlush();
        }
    }

    /** Closes the channel behind what was written; open streams are reset. */
    public void close() {
        ChannelHandlerContext context = ctx;
        if (context != null && !closed) {
            writer.handOver();
            context.flush();
            context.close();
        }
    }

    /** Ends the connection for an error: GOAWAY, and the channel is closed a second later, or when the peer closes. */
    public void fail(int error, String why) {
        if (isOver()) {
            return;
        }
        LOG.debug("http/2 connection error={} reason={}", Http2Error.name(error), why);
        failed = true;
        reader.stop();
        writer.goAway(lastPeerStream, error, why.getBytes(StandardCharsets.ISO_8859_1));
        flushNow();
        endpoint.onOver();
        resetAll(StreamEnd.CONNECTION_FAULT);
        if (!closed) {
            loop.schedule(linger, LINGER_NANOS);
        }
    }

    /** Ends the connection of a peer that attacks: GOAWAY, and the channel is closed at once. */
    void abort(String details) {
        fail(Http2Error.ENHANCE_YOUR_CALM, details);
        close();
    }

    // ---- the channel -----------------------------------------------------------------------------------------------

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        ctx = context;
        writer.bind(context);
        if (context.channel().isActive()) {
            start();
        }
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        start();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ByteBuf in = (ByteBuf) message;
        try {
            loop.beginBatch();
            if (!isOver() && (prefaceSeen == PREFACE.length || readPreface(in))) {
                reader.read(in);
            }
        } finally {
            in.release();
        }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        loop.endBatch();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        if (!isOver() && sender.hasSendable()) {
            scheduleFlush();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            context.close(); // there is no half-closed HTTP/2
        }
        endpoint.onEvent(event);
        context.fireUserEventTriggered(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        if (closed) {
            return;
        }
        closed = true;
        reader.stop();
        writer.discard();
        loop.cancel(sweep);
        loop.cancel(linger);
        loop.beginBatch();
        endpoint.onOver();
        resetAll(StreamEnd.CONNECTION_CLOSED);
        endpoint.onClosed();
        loop.endBatch();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
        writer.discard();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        boolean fromPeer = cause instanceof IOException || cause instanceof DecoderException;
        if (!fromPeer) {
            LOG.error("http/2 connection failed by our fault", cause);
        } else {
            LOG.debug("http/2 connection failed", cause);
        }
        context.close();
    }

    private void start() {
        if (drainedAt != 0) {
            return;
        }
        drainedAt = now();
        if (role == Role.CLIENT) {
            writer.preface(PREFACE);
            writer.settings(
                    Frame.SETTING_ENABLE_PUSH, 0,
                    Frame.SETTING_INITIAL_WINDOW_SIZE, config.streamWindow(),
                    Frame.SETTING_MAX_HEADER_LIST_SIZE, config.maxFieldBytes());
        } else {
            writer.settings(
                    Frame.SETTING_MAX_CONCURRENT_STREAMS, config.maxStreams(),
                    Frame.SETTING_INITIAL_WINDOW_SIZE, config.streamWindow(),
                    Frame.SETTING_MAX_HEADER_LIST_SIZE, config.maxFieldBytes(),
                    Frame.SETTING_ENABLE_CONNECT_PROTOCOL, 1);
        }
        receiver.start();
        scheduleFlush();
    }

    private boolean readPreface(ByteBuf in) {
        while (prefaceSeen < PREFACE.length && in.isReadable()) {
            if (in.readByte() != PREFACE[prefaceSeen++]) {
                fail(Http2Error.PROTOCOL_ERROR, "the connection does not begin with the HTTP/2 preface");
                return false;
            }
        }
        return prefaceSeen == PREFACE.length;
    }

    // ---- what the dispatcher hands on ------------------------------------------------------------------------------

    void onBlock(int id, boolean end, boolean selfDependent, byte[] block, int at, int length) {
        Http2Stream stream = streams.find(id);
        int fault = Http2Error.NO_ERROR;
        if (stream == null) {
            if (role == Role.CLIENT || (id & 1) == 0 || id <= lastPeerStream) {
                if (decode(block, at, length, MessageFields.IGNORE)) {
                    onBlockOfClosedStream(id);
                }
                return;
            }
            lastPeerStream = id;
            if (selfDependent) {
                fault = Http2Error.PROTOCOL_ERROR;
            } else if (streams.size() >= config.maxStreams()) {
                fault = Http2Error.REFUSED_STREAM;
            } else if (id <= lastAccepted) {
                stream = accept(id);
            }
            if (stream == null) {
                if (decode(block, at, length, MessageFields.IGNORE) && id <= lastAccepted) {
                    onStreamFault(id, fault == Http2Error.NO_ERROR ? Http2Error.REFUSED_STREAM : fault);
                }
                return;
            }
        } else if (stream.isRemoteEnded()) {
            fault = Http2Error.STREAM_CLOSED;
        } else if (selfDependent || (stream.has(Http2Stream.HEAD_RECEIVED) && !end)) {
            fault = Http2Error.PROTOCOL_ERROR;
        }
        if (fault != Http2Error.NO_ERROR) {
            if (decode(block, at, length, MessageFields.IGNORE)) {
                onStreamFault(id, fault);
            }
            return;
        }
        decodeMessage(stream, end, block, at, length);
    }

    private void decodeMessage(Http2Stream stream, boolean end, byte[] block, int at, int length) {
        int id = stream.id();
        stream.activeAt = now();
        MessageFields fields = stream.fields(end);
        if (!decode(block, at, length, fields)) {
            return;
        }
        fields.finish();
        boolean interim = fields.isInterim();
        boolean head = !stream.has(Http2Stream.HEAD_RECEIVED);
        if (head && !interim) {
            stream.bits |= Http2Stream.HEAD_RECEIVED;
            stream.expected = stream.bodyLength(fields);
        }
        if (fields.outcome() == MessageFields.Outcome.MALFORMED
                || (end && (interim || (stream.expected >= 0 && stream.received != stream.expected)))) {
            onStreamFault(id, Http2Error.PROTOCOL_ERROR);
            return;
        }
        if (end) {
            stream.bits |= Http2Stream.REMOTE_ENDED;
        }
        stream.onFields(end);
        if (end) {
            remoteEnded(stream, id);
        }
    }

    private boolean decode(byte[] block, int at, int length, MessageFields fields) {
        if (!decoder.decode(block, at, length, fields)) {
            fail(Http2Error.COMPRESSION_ERROR, "a header block cannot be decoded");
            return false;
        }
        return true;
    }

    private @Nullable Http2Stream accept(int id) {
        Http2Stream stream = endpoint.accept();
        if (stream != null) {
            stream.opened(this, id, receiver.streamWindow(), sender.peerStreamWindow(), now());
            streams.add(stream);
            sweep.arm();
        }
        return stream;
    }

    private void onBlockOfClosedStream(int id) {
        if (isIdle(id)) {
            fail(Http2Error.PROTOCOL_ERROR, "HEADERS on stream " + id + ", which the peer may not open");
        } else if (role == Role.SERVER && !resets.contains(id) && id <= lastAccepted) {
            fail(Http2Error.STREAM_CLOSED, "HEADERS on stream " + id + ", which is closed");
        }
    }

    /** DATA came for a stream that is not there. */
    void onFrameOfClosedStream(int id) {
        if (isIdle(id)) {
            fail(Http2Error.PROTOCOL_ERROR, "DATA on stream " + id + ", which was never opened");
        } else if (!resets.contains(id) && id <= lastAccepted) {
            onStreamFault(id, Http2Error.STREAM_CLOSED);
        }
    }

    /** The peer broke the protocol on a stream; it need not be open. */
    void onStreamFault(int id, int error) {
        if (isOver()) {
            return;
        }
        writer.reset(id, error);
        resets.add(id);
        scheduleFlush();
        Http2Stream stream = streams.find(id);
        if (stream != null) {
            end(stream, StreamEnd.PEER_FAULT, error);
        }
        if (role == Role.SERVER && !flood.onReset(now())) {
            abort("http2.stream_reset_flood");
        }
    }

    void onReset(int id, int error) {
        Http2Stream stream = streams.find(id);
        if (stream == null) {
            if (isIdle(id)) {
                fail(Http2Error.PROTOCOL_ERROR, "RST_STREAM on stream " + id + ", which was never opened");
                return;
            }
        } else {
            end(
                    stream,
                    error == Http2Error.REFUSED_STREAM ? StreamEnd.PEER_REFUSED : StreamEnd.PEER_RESET,
                    error);
        }
        if (role == Role.SERVER && !flood.onReset(now())) {
            abort("http2.stream_reset_flood");
        }
    }

    void onSettings(byte[] payload, int length) {
        int windowBefore = sender.peerStreamWindow();
        String fault = peer.apply(payload, length, role);
        if (fault != null) {
            fail(peer.faultCode(), fault);
            return;
        }
        heads.peerTableSize(peer.headerTable());
        sender.largestFrame(peer.largestFrame());
        int change = peer.streamWindow() - windowBefore;
        sender.peerStreamWindow(peer.streamWindow());
        if (change != 0) {
            for (Http2Stream stream : streams.snapshot()) {
                if (!sender.enlarge(stream, change)) {
                    fail(Http2Error.FLOW_CONTROL_ERROR, "SETTINGS make a stream's window larger than 2^31-1");
                    return;
                }
            }
        }
        writer.settingsAck();
        scheduleFlush();
        endpoint.onSettings();
    }

    void onSettingsAck() {
        int change = receiver.onSettingsAck();
        if (change != 0) {
            for (Http2Stream stream : streams.snapshot()) {
                stream.receiveWindow += change;
            }
        }
    }

    void onPing(boolean ack, byte[] payload) {
        if (ack) {
            endpoint.onPingAck();
            return;
        }
        writer.ping(Frame.ACK, payload);
        scheduleFlush();
        checkWaiting();
    }

    void onGoAway(int lastStreamId, int error) {
        if (role == Role.CLIENT) {
            for (Http2Stream stream : streams.snapshot()) {
                if (stream.id() > lastStreamId) {
                    end(stream, StreamEnd.PEER_REFUSED, Http2Error.REFUSED_STREAM);
                }
            }
        }
        endpoint.onGoAway(lastStreamId, error);
    }

    void onWindowUpdate(int id, int increment) {
        if (!flood.onWindowUpdate(streams.size())) {
            abort("http2.inbound_window_update_frames_flood");
            return;
        }
        if (id == 0) {
            if (increment == 0) {
                fail(Http2Error.PROTOCOL_ERROR, "WINDOW_UPDATE by 0");
            } else if (!sender.enlarge(increment)) {
                fail(Http2Error.FLOW_CONTROL_ERROR, "WINDOW_UPDATE makes the window larger than 2^31-1");
            }
        } else {
            Http2Stream stream = streams.find(id);
            if (stream == null) {
                if (isIdle(id)) {
                    fail(Http2Error.PROTOCOL_ERROR, "WINDOW_UPDATE on stream " + id + ", which was never opened");
                }
            } else if (increment == 0) {
                onStreamFault(id, Http2Error.PROTOCOL_ERROR);
            } else if (!sender.enlarge(stream, increment)) {
                onStreamFault(id, Http2Error.FLOW_CONTROL_ERROR);
            }
        }
        if (sender.hasSendable()) {
            scheduleFlush();
        }
    }

    // ---- streams ---------------------------------------------------------------------------------------------------

    @Nullable Http2Stream find(int id) {
        return streams.find(id);
    }

    /** Whether this object still is that stream. */
    boolean has(Http2Stream stream, int id) {
        return stream.connection == this && stream.id() == id && !stream.has(Http2Stream.RESET);
    }

    long now() {
        return loop.now();
    }

    /** A frame of the stream was written. */
    void wrote(Http2Stream stream, boolean end) {
        stream.activeAt = now();
        if (end) {
            stream.bits |= Http2Stream.LOCAL_ENDED;
            finishLater(stream);
        }
        scheduleFlush();
    }

    void writeTrailers(Http2Stream stream, Headers trailers) {
        heads.trailers(trailers);
        writeBlock(stream, true);
    }

    /** The peer ended its side. */
    void remoteEnded(Http2Stream stream, int id) {
        if (has(stream, id) && stream.has(Http2Stream.LOCAL_ENDED) && !stream.has(Http2Stream.FINISHING)) {
            release(stream);
        }
    }

    private void writeBlock(Http2Stream stream, boolean end) {
        if (stream.isOpen() && !stream.isLocalEnded()) {
            writer.headers(stream.id(), heads.bytes(), heads.length(), end, sender.largestFrame());
            wrote(stream, end);
        }
    }

    /** Ends a stream for a cause that its user learns of. */
    private void end(Http2Stream stream, StreamEnd why, int error) {
        forget(stream);
        if (stream.has(Http2Stream.FINISHING)) {
            return; // all was written: for its user it ends as it should
        }
        stream.onReset(why, error);
        closed(stream);
    }

    /** Takes the stream out of everything but the list of those that finish. */
    private void forget(Http2Stream stream) {
        stream.bits |= Http2Stream.RESET;
        sender.remove(stream);
        streams.remove(stream.id());
        scheduleFlush();
    }

    private void finishLater(Http2Stream stream) {
        if (stream.has(Http2Stream.FINISHING)) {
            return;
        }
        stream.bits |= Http2Stream.FINISHING;
        if (finishingCount == finishing.length) {
            finishing = Arrays.copyOf(finishing, finishingCount * 2);
        }
        finishing[finishingCount++] = stream;
    }

    private void finish() {
        for (int i = 0; i < finishingCount; i++) {
            Http2Stream stream = finishing[i];
            finishing[i] = null;
            if (stream == null) {
                continue;
            }
            stream.bits &= ~Http2Stream.FINISHING;
            stream.onFinished();
            if (stream.has(Http2Stream.FINISHING)) {
                continue; // it was reset meanwhile, and stands behind in the list
            }
            if (stream.has(Http2Stream.RESET)) {
                closed(stream);
            } else if (stream.isRemoteEnded()) {
                release(stream);
            }
        }
        finishingCount = 0;
    }

    private void release(Http2Stream stream) {
        streams.remove(stream.id());
        sender.remove(stream);
        closed(stream);
    }

    private void closed(Http2Stream stream) {
        boolean fine = role == Role.CLIENT
                || flood.onRequestClosed(
                        now() - stream.openedAt(),
                        stream.has(Http2Stream.RESET) && !stream.has(Http2Stream.HEAD_SENT));
        stream.closed();
        endpoint.onStreamClosed();
        if (!fine && !isOver()) {
            abort("too_many_premature_resets");
        }
    }

    private void resetAll(StreamEnd why) {
        for (Http2Stream stream : streams.snapshot()) {
            if (stream.connection == this && !stream.has(Http2Stream.RESET)) {
                end(stream, why, Http2Error.NO_ERROR);
            }
        }
        finish();
    }

    private boolean isIdle(int id) {
        boolean ours = (id & 1) == (nextStream & 1);
        return ours ? id >= nextStream : role == Role.CLIENT || id > lastPeerStream;
    }

    // ---- flushing --------------------------------------------------------------------------------------------------

    void scheduleFlush() {
        if (!closed && ctx != null) {
            loop.flushAtLoopEnd(flush);
        }
    }

    private void flushNow() {
        ChannelHandlerContext context = ctx;
        if (context == null || closed) {
            return;
        }
        sender.pump();
        writer.handOver();
        context.flush();
        if (!closed) {
            afterFlush(context);
        }
        finish();
    }

    private void afterFlush(ChannelHandlerContext context) {
        if (WriteProbe.isDrained(context.channel())) {
            drainedAt = now();
            writer.drained();
            sender.ledger().credit(this, sender.ledger().position());
            if (sender.hasSendable()) {
                scheduleFlush();
            }
        } else {
            checkWaiting();
            if (!probing && !closed) {
                probing = true;
                long position = sender.ledger().position();
                WriteProbe.send(context, success -> onProbe(context, position, success));
            }
        }
    }

    private void onProbe(ChannelHandlerContext context, long position, boolean success) {
        probing = false;
        if (!success || closed) {
            return;
        }
        drainedAt = now();
        sender.ledger().credit(this, position);
        afterFlush(context);
    }

    private void checkWaiting() {
        if (writer.controlWaiting() > FloodGuard.MOST_CONTROL_WAITING
                || writer.framesWaiting() > FloodGuard.MOST_FRAMES_WAITING) {
            abort("http2.outbound_frames_flood");
        }
    }

    private final class ConnectionFlush extends Flushable {
        @Override
        protected void flushNow() {
            Http2Connection.this.flushNow();
        }
    }

    /** Looks after streams that wait too long; runs only while there are any. */
    private final class Sweep extends Timer {
        void arm() {
            if (!isArmed()) {
                loop.schedule(this, SWEEP_NANOS);
            }
        }

        @Override
        protected void onTimer() {
            long timeout = config.flushTimeout().toNanos();
            long now = now();
            for (Http2Stream stream : streams.snapshot()) {
                if (stream.connection != Http2Connection.this || stream.has(Http2Stream.RESET)) {
                    continue;
                }
                if (stream.hasQueued() && now - stream.stuckSince > timeout) {
                    writer.reset(stream.id(), Http2Error.CANCEL);
                    resets.add(stream.id());
                    end(stream, StreamEnd.FLUSH_TIMEOUT, Http2Error.CANCEL);
                } else {
                    endpoint.onSweep(stream);
                }
            }
            if (probing && now - drainedAt > timeout) {
                close();
            } else if (streams.size() > 0 || probing) {
                arm();
            }
        }
    }

    /** Leaves a failed connection's peer time to read why. */
    private final class Linger extends Timer {
        @Override
        protected void onTimer() {
            close();
        }
    }
}
