package dev.weft.proxy.server;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.exchange.ResponseHead;
import dev.weft.proxy.exchange.RouteDecision;
import dev.weft.proxy.exchange.Router;
import dev.weft.proxy.exchange.UpstreamStream;
import dev.weft.proxy.upstream.ConnectionPool;
import dev.weft.proxy.upstream.StreamRequest;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** The least that a router can be: every request goes to one pool, once. */
final class PassRouter implements Router {
    private final ConnectionPool pool;

    PassRouter(ConnectionPool pool) {
        this.pool = pool;
    }

    @Override
    public @Nullable RouteDecision route(Exchange exchange) {
        return null;
    }

    @Override
    public RequestSink start(Exchange exchange, boolean end) {
        Call call = new Call(exchange, end);
        pool.open(call);
        return call;
    }

    private static final class Call extends StreamRequest implements RequestSink {
        private final Exchange exchange;
        private final boolean headOnly;
        private final Deque<ByteBuf> early = new ArrayDeque<>();
        private boolean earlyEnd;
        private boolean earlyTrailers;
        private boolean over;
        private @Nullable UpstreamStream stream;

        Call(Exchange exchange, boolean headOnly) {
            this.exchange = exchange;
            this.headOnly = headOnly;
        }

        @Override
        protected void onStream(UpstreamStream opened) {
            stream = opened;
            opened.describeTo(exchange.upstream());
            opened.writeHead(exchange.request(), headOnly);
            while (!early.isEmpty()) {
                ByteBuf data = early.poll();
                opened.writeData(data, earlyEnd && early.isEmpty());
            }
            if (earlyTrailers) {
                opened.writeTrailers(exchange.requestTrailers());
            }
        }

        @Override
        protected void onRefused(FailureReason reason, String detail) {
            end();
            exchange.answer(reason);
        }

        @Override
        public void onRequestData(ByteBuf data, boolean end) {
            if (over) {
                data.release();
            } else if (stream == null) {
                early.add(data);
                earlyEnd = end;
            } else {
                stream.writeData(data, end);
            }
        }

        @Override
        public void onRequestTrailers() {
            if (over) {
                return;
            }
            if (stream == null) {
                earlyTrailers = true;
            } else {
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
            end();
            cancelWaiting();
            if (stream != null) {
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
            over |= end;
            exchange.toClient().onResponseHead(end);
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
            over |= end;
            exchange.toClient().onResponseData(data, end);
        }

        @Override
        public void onTrailers() {
            over = true;
            exchange.toClient().onResponseTrailers();
        }

        @Override
        public void onReset(FailureReason reason, String detail) {
            end();
            exchange.upstream().failure(detail);
            exchange.answer(reason);
        }

        @Override
        public void onRequestConsumed(int bytes) {
            exchange.toClient().onRequestConsumed(bytes);
        }

        private void end() {
            over = true;
            early.forEach(ByteBuf::release);
            early.clear();
        }
    }
}
