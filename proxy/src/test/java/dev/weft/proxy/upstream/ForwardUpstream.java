package dev.weft.proxy.upstream;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.exchange.ResponseHead;
import dev.weft.proxy.exchange.UpstreamStream;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;

/** The least that a router does: one exchange to one stream of a pool, nothing retried. Recycled by its own list. */
public final class ForwardUpstream extends StreamRequest implements RequestSink {
    private final ArrayDeque<ForwardUpstream> idle;
    private final ArrayDeque<ByteBuf> waiting = new ArrayDeque<>();
    private Exchange exchange;
    private UpstreamStream stream;
    private boolean headEnds;
    private boolean ended;
    private boolean trailers;
    private boolean over;

    private ForwardUpstream(ArrayDeque<ForwardUpstream> idle) {
        this.idle = idle;
    }

    /** Forwards through this pool. */
    public static RequestSink start(
            Exchange exchange, boolean end, ConnectionPool pool, ArrayDeque<ForwardUpstream> idle) {
        ForwardUpstream forward = idle.isEmpty() ? new ForwardUpstream(idle) : idle.poll();
        forward.exchange = exchange;
        forward.headEnds = end;
        forward.ended = false;
        forward.trailers = false;
        forward.over = false;
        forward.stream = null;
        pool.open(forward);
        return forward;
    }

    @Override
    protected void onStream(UpstreamStream opened) {
        stream = opened;
        stream.describeTo(exchange.upstream());
        stream.writeHead(exchange.request(), headEnds);
        while (!waiting.isEmpty()) {
            ByteBuf data = waiting.poll();
            stream.writeData(data, waiting.isEmpty() && ended && !trailers);
        }
        if (trailers) {
            stream.writeTrailers(exchange.requestTrailers());
        }
    }

    @Override
    protected void onRefused(FailureReason reason, String detail) {
        onReset(reason, detail);
    }

    @Override
    public void onRequestData(ByteBuf data, boolean end) {
        ended = end;
        if (over) {
            data.release();
        } else if (stream == null) {
            waiting.add(data);
        } else {
            stream.writeData(data, end);
        }
    }

    @Override
    public void onRequestTrailers() {
        trailers = true;
        if (stream != null && !over) {
            stream.writeTrailers(exchange.requestTrailers());
        }
    }

    @Override
    public void onResponseConsumed(int bytes) {
        if (!over && stream != null) {
            stream.onResponseConsumed(bytes);
        }
    }

    @Override
    public void onRequestReset(FailureReason reason) {
        if (over) {
            return;
        }
        over();
        if (stream == null) {
            cancelWaiting();
        } else {
            stream.cancel();
        }
    }

    @Override
    public ResponseHead responseHead() {
        return exchange.response();
    }

    @Override
    public Headers responseTrailers() {
        return exchange.responseTrailers();
    }

    @Override
    public void onInformational() {
        exchange.toClient().onInformational();
    }

    @Override
    public void onHead(boolean end) {
        Exchange current = exchange;
        if (end) {
            over();
        }
        current.toClient().onResponseHead(end);
    }

    @Override
    public void onData(ByteBuf data, boolean end) {
        Exchange current = exchange;
        if (end) {
            over();
        }
        current.toClient().onResponseData(data, end);
    }

    @Override
    public void onTrailers() {
        Exchange current = exchange;
        over();
        current.toClient().onResponseTrailers();
    }

    @Override
    public void onReset(FailureReason reason, String detail) {
        Exchange current = exchange;
        over();
        current.upstream().failure(detail);
        current.toClient().onResponseReset(reason);
    }

    @Override
    public void onRequestConsumed(int bytes) {
        exchange.toClient().onRequestConsumed(bytes);
    }

    private void over() {
        over = true;
        waiting.forEach(ByteBuf::release);
        waiting.clear();
        // Not given to another exchange yet: the walk of this one may still call.
        exchange.loop().eventLoop().execute(() -> idle.add(this));
    }
}
