package dev.weft.benchmarks;

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
import org.jspecify.annotations.Nullable;

/** A router without routes: what is measured with it is the connections and the codec alone. One loop only. */
final class PassThrough implements Router {
    private final ConnectionPool pool;
    private final ArrayDeque<Call> idle = new ArrayDeque<>();

    PassThrough(ConnectionPool pool) {
        this.pool = pool;
    }

    @Override
    public @Nullable RouteDecision route(Exchange exchange) {
        return null;
    }

    @Override
    public RequestSink start(Exchange exchange, boolean end) {
        Call call = idle.poll();
        if (call == null) {
            call = new Call();
        }
        call.begin(exchange);
        pool.open(call);
        return call;
    }

    private final class Call extends StreamRequest implements RequestSink {
        private @Nullable Exchange exchange;
        private @Nullable UpstreamStream stream;

        void begin(Exchange newExchange) {
            exchange = newExchange;
        }

        private Exchange exchange() {
            Exchange current = exchange;
            if (current == null) {
                throw new IllegalStateException("the call is not in use");
            }
            return current;
        }

        private Exchange end() {
            Exchange current = exchange();
            exchange = null;
            stream = null;
            idle.push(this);
            return current;
        }

        @Override
        protected void onStream(UpstreamStream opened) {
            stream = opened;
            opened.writeHead(exchange().request(), true);
        }

        @Override
        protected void onRefused(FailureReason reason, String detail) {
            end().answer(reason);
        }

        @Override
        public void onRequestData(ByteBuf data, boolean end) {
            data.release();
        }

        @Override
        public void onRequestTrailers() {}

        @Override
        public void onResponseConsumed(int bytes) {
            UpstreamStream current = stream;
            if (current != null) {
                current.onResponseConsumed(bytes);
            }
        }

        @Override
        public void onRequestReset(FailureReason reason) {
            UpstreamStream current = stream;
            if (current != null) {
                current.cancel();
            }
        }

        @Override
        public ResponseHead responseHead() {
            return exchange().response();
        }

        @Override
        public Headers responseTrailers() {
            return exchange().responseTrailers();
        }

        @Override
        public void onInformational() {}

        @Override
        public void onHead(boolean end) {
            (end ? end() : exchange()).toClient().onResponseHead(end);
        }

        @Override
        public void onData(ByteBuf data, boolean end) {
            (end ? end() : exchange()).toClient().onResponseData(data, end);
        }

        @Override
        public void onTrailers() {
            end().toClient().onResponseTrailers();
        }

        @Override
        public void onReset(FailureReason reason, String detail) {
            end().answer(reason);
        }

        @Override
        public void onRequestConsumed(int bytes) {}
    }
}
