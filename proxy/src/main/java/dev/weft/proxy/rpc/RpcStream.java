package dev.weft.proxy.rpc;

import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestHead;
import dev.weft.proxy.exchange.ResponseHead;
import dev.weft.proxy.exchange.Timer;
import dev.weft.proxy.exchange.UpstreamStream;
import dev.weft.proxy.upstream.ConnectionPool;
import dev.weft.proxy.upstream.StreamRequest;
import io.grpc.Metadata;
import io.grpc.Status;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The wire side of one call: its messages as bytes, on a stream of the proxy's HTTP/2 client. Confined to the channel's loop.
 *
 * <p>Ends in exactly one {@link Events#onClose}, behind all messages of a call that ended well. Credit for what came is given back
 * while nothing waits to be asked for: a caller who stops asking stops the sender, a message longer than the window does not.
 */
final class RpcStream extends StreamRequest {
    private final RpcConnections connections;
    private final Loop loop;
    private final Events events;
    private final MessageReader reader;
    private final RequestHead head = new RequestHead();
    private final ResponseHead response = new ResponseHead();
    private final Headers trailers = new Headers();
    private final Deque<byte[]> unsent = new ArrayDeque<>();
    private final Deque<byte[]> received = new ArrayDeque<>();
    private final Deadline deadline = new Deadline();
    private @Nullable UpstreamStream stream;
    private @Nullable ConnectionPool pool;
    private @Nullable Ending ending;
    private long asked;
    private int owed;
    private boolean halfClosed;
    private boolean lookedUp;
    private boolean over;

    /** What comes of a call; called on the loop. */
    interface Events {
        void onOpen();

        void onHeaders(Metadata headers);

        void onMessage(byte[] message);

        /** So many bytes that were given to be sent are on their way. */
        void onSent(int bytes);

        void onClose(Status status, Metadata trailers);
    }

    RpcStream(RpcConnections connections, Loop loop, Events events, int mostMessageBytes) {
        this.connections = connections;
        this.loop = loop;
        this.events = events;
        this.reader = new MessageReader(mostMessageBytes);
    }

    /** To be filled before {@link #start}. */
    RequestHead head() {
        return head;
    }

    // ---- the caller's side -----------------------------------------------------------------------------------------

    /** @param nanos until the call is given up; {@link Long#MAX_VALUE} for never */
    void start(long nanos) {
        if (over) {
            return;
        }
        if (nanos != Long.MAX_VALUE) {
            loop.schedule(deadline, nanos);
        }
        connections.open(this);
    }

    /** @param framed a message with its prefix */
    void send(byte[] framed) {
        UpstreamStream open = stream;
        if (over || halfClosed) {
            return;
        }
        if (open == null) {
            unsent.add(framed);
        } else {
            open.writeData(Unpooled.wrappedBuffer(framed), false);
        }
    }

    void halfClose() {
        UpstreamStream open = stream;
        if (over || halfClosed) {
            return;
        }
        halfClosed = true;
        if (open != null) {
            open.writeData(Unpooled.EMPTY_BUFFER, true);
        }
    }

    /** Asks for so many messages more. */
    void request(int messages) {
        asked += messages;
        deliver();
    }

    /** Gives the call up. */
    void cancel(Status why) {
        if (over) {
            return;
        }
        connections.forget(this);
        cancelWaiting();
        letGo();
        close(why, new Metadata());
    }

    // ---- finding a connection --------------------------------------------------------------------------------------

    void waitIn(ConnectionPool by) {
        if (!over) {
            pool = by;
            by.open(this);
        }
    }

    /** Whether addresses may be found anew for it: once, so that it fails in the end where nobody is to be reached. */
    boolean takesLookup() {
        return !lookedUp;
    }

    void lookedUp() {
        lookedUp = true;
    }

    void fail(Status status) {
        if (!over) {
            close(status, new Metadata());
        }
    }

    @Override
    protected void onStream(UpstreamStream opened) {
        stream = opened;
        opened.writeHead(head, false);
        head.clear();
        for (byte[] framed = unsent.poll(); framed != null; framed = unsent.poll()) {
            opened.writeData(Unpooled.wrappedBuffer(framed), false);
        }
        if (halfClosed) {
            opened.writeData(Unpooled.EMPTY_BUFFER, true);
        }
        events.onOpen();
    }

    @Override
    protected void onRefused(FailureReason reason, String detail) {
        ConnectionPool refusedBy = pool;
        if (!over && refusedBy != null) {
            connections.refused(this, refusedBy, reason, detail);
        }
    }

    // ---- the response ----------------------------------------------------------------------------------------------

    @Override
    public ResponseHead responseHead() {
        return response;
    }

    @Override
    public Headers responseTrailers() {
        return trailers;
    }

    @Override
    public void onInformational() {}

    @Override
    public void onHead(boolean end) {
        Headers fields = response.headers();
        if (end) {
            finished(RpcStatus.of(response.status(), fields), RpcStatus.metadata(fields));
            return;
        }
        String type = fields.text(HeaderName.CONTENT_TYPE);
        if (response.status() != 200 || type == null || !type.startsWith("application/grpc")) {
            letGo();
            close(
                    response.status() == 200
                            ? Status.UNKNOWN.withDescription(
                                    "the answer's content-type is " + type + ", expected application/grpc")
                            : RpcStatus.ofHttp(response.status()),
                    RpcStatus.metadata(fields));
            return;
        }
        events.onHeaders(RpcStatus.metadata(fields));
    }

    @Override
    public void onData(ByteBuf data, boolean end) {
        owed += data.readableBytes();
        try {
            reader.read(data, received::add);
        } catch (MessageReader.MalformedMessageException e) {
            letGo();
            close(Status.INTERNAL.withDescription(e.getMessage()), new Metadata());
            return;
        } finally {
            data.release();
        }
        if (end) {
            finished(RpcStatus.ofHttp(response.status()), new Metadata());
        } else {
            deliver();
        }
    }

    @Override
    public void onTrailers() {
        finished(RpcStatus.of(response.status(), trailers), RpcStatus.metadata(trailers));
    }

    @Override
    public void onReset(FailureReason reason, String detail) {
        stream = null;
        close(RpcStatus.ofReset(reason, detail), new Metadata());
    }

    @Override
    public void onRequestConsumed(int bytes) {
        events.onSent(bytes);
    }

    private void finished(Status status, Metadata fields) {
        stream = null;
        Status truth = status.isOk() && reader.isWithinMessage()
                ? Status.INTERNAL.withDescription("the answer ended within a message")
                : status;
        ending = new Ending(truth, fields);
        deliver();
    }

    private void deliver() {
        while (!over && asked > 0 && !received.isEmpty()) {
            asked--;
            events.onMessage(received.remove());
        }
        if (over || !received.isEmpty()) {
            return;
        }
        UpstreamStream open = stream;
        if (open != null && owed > 0) {
            int credit = owed;
            owed = 0;
            open.onResponseConsumed(credit);
        }
        Ending end = ending;
        if (end != null) {
            close(end.status(), end.trailers());
        }
    }

    private void letGo() {
        UpstreamStream open = stream;
        stream = null;
        if (open != null) {
            open.cancel();
        }
    }

    private void close(Status status, Metadata fields) {
        if (over) {
            return;
        }
        over = true;
        loop.cancel(deadline);
        head.clear();
        unsent.clear();
        received.clear();
        events.onClose(status, fields);
    }

    private final class Deadline extends Timer {
        @Override
        protected void onTimer() {
            cancel(Status.DEADLINE_EXCEEDED.withDescription("no complete answer in time"));
        }
    }

    private record Ending(Status status, Metadata trailers) {}
}
