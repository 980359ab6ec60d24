package dev.weft.proxy.exchange;

import io.netty.buffer.ByteBuf;

/**
 * A response's way through the filters, in reverse order, to the client.
 *
 * <p>Taken from by the router and by {@link LocalReply}; hands to the server connection. Loop-confined.
 */
public final class ResponseWalk extends FilterWalk implements ResponseSink {
    ResponseWalk(Exchange exchange) {
        super(exchange, HttpFilter.RESPONSE_HEAD, HttpFilter.RESPONSE_BODY, HttpFilter.RESPONSE_TRAILERS);
    }

    /** Informational heads pass the filters by, as in Envoy but for its rarely used 1xx callback. */
    @Override
    public void onInformational() {
        exchange.client().onInformational();
    }

    @Override
    public void onResponseHead(boolean end) {
        head(end);
    }

    @Override
    public void onResponseData(ByteBuf data, boolean end) {
        data(data, end);
    }

    @Override
    public void onResponseTrailers() {
        trailers();
    }

    /** The upstream broke off: before the head reached the client this is an answer, behind it a broken response. */
    @Override
    public void onResponseReset(FailureReason reason) {
        exchange.answer(reason);
    }

    @Override
    public void onRequestConsumed(int bytes) {
        exchange.toUpstream().consumed(bytes);
    }

    @Override
    FilterAction showHead(HttpFilter filter, boolean end) {
        return filter.onResponseHead(exchange, end);
    }

    @Override
    FilterAction showData(HttpFilter filter, ByteBuf data, boolean end) {
        return filter.onResponseData(exchange, data, end);
    }

    @Override
    FilterAction showTrailers(HttpFilter filter) {
        return filter.onResponseTrailers(exchange);
    }

    @Override
    void deliverHead(boolean end) {
        exchange.client().onResponseHead(end);
    }

    @Override
    void deliverData(ByteBuf data, boolean end) {
        exchange.countResponse(data.readableBytes());
        exchange.client().onResponseData(data, end);
    }

    @Override
    void deliverTrailers() {
        exchange.client().onResponseTrailers();
    }

    /** Nobody waits for credit behind the end; and whoever sent the response may serve another exchange by now. */
    @Override
    void credit(int bytes) {
        if (!isEnded()) {
            exchange.upstreamSink().onResponseConsumed(bytes);
        }
    }

    @Override
    void overflow() {
        exchange.answer(FailureReason.RESPONSE_TOO_LARGE);
    }

    @Override
    int positionInOrder(int position, int count) {
        return count - 1 - position;
    }
}
