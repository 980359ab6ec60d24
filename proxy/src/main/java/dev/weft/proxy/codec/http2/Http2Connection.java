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
    private final StreamMap streams = new StreamMap();
    private final ResetMemory resets = new ResetMemory();
    private final FinishList finishing = new FinishList();
    private final FloodGuard flood = new FloodGuard();
    private final PeerSettings peer = new PeerSettings();
    private final FrameWriter writer;
    private final DataSender sender;
    private final DataReceiver receiver;
    private final FrameReader reader;
    private final HeadEncoder heads;
    private final ConnectionFlush flush;
    private final Sweep sweep;
    private final Linger linger = new Linger();
    private final Http2Handler handler;

    private @Nullable ChannelHandlerContext ctx;
    private int nextStream;
    private int lastPeerStream;
    private int lastServed = Integer.MAX_VALUE;
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
        this.nextStream = server ? 2 : 1;
        this.writer = new FrameWriter(loop.allocator());
        this.sender = new DataSender(this, writer, flood);
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
        return (Integer.MAX_VALUE - nextStream) / 2;
    }

    /** The highest stream that the peer opened. */
    public int lastPeerStream() {
        return lastPeerStream;
    }

    /** Whether the connection has failed or is closed. */
    public boolean isOver() {
        return failed || closed;
    }

    /** Opens a stream of ours. */
    public void open(Http2Stream stream) {
        add(stream, nextStream);
        nextStream += 2;
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
            writeReset(stream.id(), error);
            forget(stream);
            finishing.add(stream);
        }
    }

    /** Announces that streams above this number are not served. */
    public void goAway(int lastStreamId, int error) {
        if (!isOver()) {
            lastServed = Math.min(lastServed, lastStreamId);
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
        writer.goAway(lastPeerStream, error, why.getBytes(StandardCharsets.ISO_8859_1));
        flush.flushNow();
        endpoint.onOver();
        endAll(StreamEnd.CONNECTION_FAULT);
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
        endAll(StreamEnd.CONNECTION_CLOSED);
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

    @Nullable
    Http2Stream find(int id) {
        return streams.find(id);
    }

    /** The open streams as they are now: a copy. */
    Http2Stream[] streams() {
        return streams.snapshot();
    }

    /** Whether this object still is that stream. */
    boolean has(Http2Stream stream, int id) {
        return stream.connection == this && stream.id() == id && !stream.has(Http2Stream.RESET);
    }

    /** Whether the stream has not been opened yet by whoever may. */
    boolean isIdle(int id) {
        boolean ours = (id & 1) == (nextStream & 1);
        return ours ? id >= nextStream : !server || id > lastPeerStream;
    }

    /** Whether the stream is not above what a GOAWAY of ours named. */
    boolean serves(int id) {
        return id <= lastServed;
    }

    /** Whether we reset the stream a short while ago. */
    boolean wasReset(int id) {
        return resets.contains(id);
    }

    void peerOpened(int id) {
        lastPeerStream = id;
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
            finishing.add(stream);
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

    /** The peer broke the protocol on a stream; it need not be open. */
    void onStreamFault(int id, int error) {
        if (isOver()) {
            return;
        }
        writeReset(id, error);
        Http2Stream stream = streams.find(id);
        if (stream != null) {
            end(stream, StreamEnd.PEER_FAULT, error);
        }
        countReset();
    }

    /** The peer reset a stream, or made us do it. */
    void countReset() {
        if (server && !flood.onReset(now())) {
            abort("http2.stream_reset_flood");
        }
    }

    /** What the stream has to send could not be sent for too long. */
    void giveUp(Http2Stream stream) {
        writeReset(stream.id(), Http2Error.CANCEL);
        end(stream, StreamEnd.FLUSH_TIMEOUT, Http2Error.CANCEL);
    }

    /** Ends a stream for a cause that its user learns of. */
    void end(Http2Stream stream, StreamEnd why, int error) {
        forget(stream);
        if (!stream.has(Http2Stream.FINISHING)) {
            stream.onReset(why, error);
            closed(stream);
        } else if (!server) {
            // The request was written whole, but its answer is not complete. It is closed with the flush.
            stream.onReset(why, error);
        } // else all was written that the client asked for: it ends as it should
    }

    void finishStreams() {
        finishing.finish(this);
    }

    /** The stream's user knows that our side has ended. */
    void finished(Http2Stream stream) {
        if (stream.has(Http2Stream.RESET)) {
            closed(stream);
        } else if (stream.isRemoteEnded()) {
            release(stream);
        }
    }

    private void writeBlock(Http2Stream stream, boolean end) {
        if (stream.isOpen() && !stream.isLocalEnded()) {
            writer.headers(stream.id(), heads.bytes(), heads.length(), end, sender.largestFrame());
            wrote(stream, end);
        }
    }

    private void writeReset(int id, int error) {
        writer.reset(id, error);
        resets.add(id);
        scheduleFlush();
    }

    /** Takes the stream out of everything but the list of those that finish. */
    private void forget(Http2Stream stream) {
        stream.bits |= Http2Stream.RESET;
        sender.remove(stream);
        streams.remove(stream.id());
    }

    private void release(Http2Stream stream) {
        streams.remove(stream.id());
        sender.remove(stream);
        closed(stream);
    }

    private void closed(Http2Stream stream) {
        boolean unanswered = stream.has(Http2Stream.RESET) && !stream.has(Http2Stream.HEAD_SENT);
        boolean fine = !server || flood.onRequestClosed(now() - stream.openedAt(), unanswered);
        stream.closed();
        endpoint.onStreamClosed();
        if (!fine && !isOver()) {
            abort("too_many_premature_resets");
        }
    }

    private void endAll(StreamEnd why) {
        for (Http2Stream stream : streams.snapshot()) {
            if (stream.connection == this && !stream.has(Http2Stream.RESET)) {
                end(stream, why, Http2Error.NO_ERROR);
            }
        }
        finishStreams();
    }

    /** Leaves a failed connection's peer time to read why. */
    private final class Linger extends Timer {
        @Override
        protected void onTimer() {
            close();
        }
    }
}
