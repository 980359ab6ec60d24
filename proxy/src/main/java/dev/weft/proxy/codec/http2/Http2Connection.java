package dev.weft.proxy.codec.http2;

import dev.weft.proxy.codec.http2.hpack.HpackEncoder;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestHead;
import dev.weft.proxy.exchange.Timer;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One HTTP/2 connection, either end: its streams, its errors, its end.
 *
 * <p>Bytes come through {@link Http2Handler}, {@link FrameReader} and {@link FrameDispatcher} to {@link HeaderBlocks}, {@link
 * DataReceiver} and {@link ControlFrames}; they go by {@link DataSender} and {@link FrameWriter}. A server's or a client's
 * {@link Http2Endpoint} and its {@link Http2Stream}s use it. Loop-confined.
 *
 * <p>Two rules. Reading is never paused: what a peer may send is bounded by the windows, and what waits for it by {@link
 * DataSender}. And nothing is flushed at once: all that a loop's turn wrote goes out at its end, in one system call.
 */
public final class Http2Connection {
    private static final Logger LOG = LoggerFactory.getLogger(Http2Connection.class);
    private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final byte[] NO_DEBUG = {};

    private final boolean server;
    private final Http2Endpoint endpoint;
    private final Http2Config config;
    private final Loop loop;
    private final FloodGuard flood = new FloodGuard();
    private final PeerSettings peer = new PeerSettings();
    private final FrameWriter writer;
    private final DataSender sender;
    private final Streams streams;
    private final DataReceiver receiver;
    private final FrameReader reader;
    private final HeadEncoder heads;
    private final ConnectionFlush flush;
    private final Sweep sweep;
    private final Linger linger = new Linger();
    private final Http2Handler handler;

    private @Nullable ChannelHandlerContext ctx;
    private boolean started;
    private boolean failed;
    private boolean closed;

    /** Which end we are. */
    public enum Role {
        SERVER,
        CLIENT
    }

    /** Makes a connection that begins with {@link #addTo}. */
    public Http2Connection(Role role, Http2Endpoint endpoint, Http2Config config, Loop loop) {
        Http2Loop shared = Http2Loop.of(loop);
        this.server = role == Role.SERVER;
        this.endpoint = endpoint;
        this.config = config;
        this.loop = loop;
        this.writer = new FrameWriter(loop.allocator());
        this.sender = new DataSender(this, writer, flood);
        this.streams = new Streams(this, endpoint, flood, writer, sender);
        this.receiver = new DataReceiver(this, writer, flood, config.windows());
        this.heads = new HeadEncoder(new HpackEncoder(shared.scratch));
        this.flush = new ConnectionFlush(this, writer, sender);
        this.sweep = new Sweep(this, endpoint, flush, loop, config);
        ControlFrames control = new ControlFrames(
                this, endpoint, new ControlFrames.ConnectionParts(writer, sender, receiver, flood, peer));
        HeaderBlocks blocks = new HeaderBlocks(this, endpoint, config, shared);
        this.reader =
                new FrameReader(new FrameDispatcher(this, blocks, receiver, control, flood, config), shared.frame);
        this.handler = new Http2Handler(this, reader, loop, role);
    }

    /** Takes a channel over, as the last handler of its pipeline; it speaks as soon as the channel is open. */
    public void addTo(Channel channel) {
        channel.pipeline().addLast("http2", handler);
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
        return streams.left();
    }

    /** The highest stream that the peer opened. */
    public int lastPeerStream() {
        return streams.lastOfPeer();
    }

    /** Whether the connection has failed or is closed. */
    public boolean isOver() {
        return failed || closed;
    }

    /** Opens a stream of ours. */
    public void open(Http2Stream stream) {
        add(stream, streams.nextNumber());
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
        if (stream.isOpen()) {
            streams.reset(stream, error);
        }
    }

    /** Announces that streams above this number are not served. */
    public void goAway(int lastStreamId, int error) {
        if (!isOver()) {
            streams.serveUpTo(lastStreamId);
            writer.goAway(lastStreamId, error, NO_DEBUG);
            scheduleFlush();
        }
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
        writer.goAway(streams.lastOfPeer(), error, why.getBytes(StandardCharsets.ISO_8859_1));
        flush.flushNow();
        endpoint.onOver();
        streams.endAll(StreamEnd.CONNECTION_FAULT);
        if (!closed) {
            loop.schedule(linger, LINGER_NANOS);
        }
    }

    /** Ends the connection of a peer that attacks: GOAWAY, and the channel is closed at once. */
    void abort(String details) {
        fail(Http2Error.ENHANCE_YOUR_CALM, details);
        close();
    }

    // ---- the channel's life ----------------------------------------------------------------------------------------

    void bind(ChannelHandlerContext context) {
        ctx = context;
        writer.bind(context);
        flush.bind(context);
    }

    void start() {
        if (started) {
            return;
        }
        started = true;
        if (server) {
            writer.settings(
                    Frame.SETTING_MAX_CONCURRENT_STREAMS, config.maxStreams(),
                    Frame.SETTING_INITIAL_WINDOW_SIZE, config.windows().stream(),
                    Frame.SETTING_MAX_HEADER_LIST_SIZE, config.maxFieldBytes(),
                    Frame.SETTING_ENABLE_CONNECT_PROTOCOL, 1);
        } else {
            writer.preface();
            writer.settings(
                    Frame.SETTING_ENABLE_PUSH, 0,
                    Frame.SETTING_INITIAL_WINDOW_SIZE, config.windows().stream(),
                    Frame.SETTING_MAX_HEADER_LIST_SIZE, config.maxFieldBytes());
        }
        receiver.start();
        scheduleFlush();
    }

    void onEvent(Object event) {
        endpoint.onEvent(event);
    }

    void onInactive() {
        if (closed) {
            return;
        }
        closed = true;
        reader.stop();
        writer.discard();
        loop.cancel(sweep);
        loop.cancel(linger);
        endpoint.onOver();
        streams.endAll(StreamEnd.CONNECTION_CLOSED);
        endpoint.onClosed();
    }

    void onRemoved() {
        writer.discard();
    }

    // ---- for the parts ---------------------------------------------------------------------------------------------

    boolean isServer() {
        return server;
    }

    boolean isClosed() {
        return closed;
    }

    long now() {
        return loop.now();
    }

    Streams streams() {
        return streams;
    }

    HeadEncoder heads() {
        return heads;
    }

    void scheduleFlush() {
        if (!closed && ctx != null) {
            loop.flushAtLoopEnd(flush);
        }
    }

    /** Ends the connection if its peer lets too many answers pile up. */
    void checkWaiting() {
        if (flush.isFlooded()) {
            abort("http2.outbound_frames_flood");
        }
    }

    void add(Http2Stream stream, int id) {
        stream.opened(this, id, receiver.streamWindow(), sender.peerStreamWindow(), now());
        streams.add(stream);
        sweep.arm();
    }

    /** A frame of the stream was written. */
    void wrote(Http2Stream stream, boolean end) {
        stream.activeAt = now();
        if (end) {
            stream.bits |= Http2Stream.LOCAL_ENDED;
            streams.finishWithFlush(stream);
        }
        scheduleFlush();
    }

    void writeTrailers(Http2Stream stream, Headers trailers) {
        heads.trailers(trailers);
        writeBlock(stream, true);
    }

    private void writeBlock(Http2Stream stream, boolean end) {
        if (stream.isOpen() && !stream.isLocalEnded()) {
            writer.headers(stream.id(), heads.bytes(), heads.length(), end, sender.largestFrame());
            wrote(stream, end);
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
