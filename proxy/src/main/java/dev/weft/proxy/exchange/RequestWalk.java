package dev.weft.proxy.exchange;

import io.netty.buffer.ByteBuf;

/**
 * A request's way through the filters to the router.
 *
 * <p>Taken from by a server connection; hands to what {@link Router#start} returned. Loop-confined.
 */
public final class RequestWalk extends FilterWalk implements RequestSink {
    RequestWalk(Exchange exchange) {
        super(exchange, HttpFilter.REQUEST_HEAD, HttpFilter.REQUEST_BODY, HttpFilter.REQUEST_TRAILERS);
    }

    /** The head is complete in {@link Exchange#request}; {@code end} if nothing follows. */
    public void onRequestHead(boolean end) {
        head(end);
    }

    @Override
    public void onRequestData(ByteBuf data, boolean end) {
        data(data, end);
    }

    @Override
    public void onRequestTrailers() {
        trailers();
    }

    @Override
    public void onResponseConsumed(int bytes) {
        exchange.toClient().consumed(bytes);
    }

    @Override
    public void onRequestReset(FailureReason reason) {
        exchange.abandon(reason);
        exchange.toClient().stop();
    }

    @Override
    FilterAction showHead(HttpFilter filter, boolean end) {
        return filter.onRequestHead(exchange, end);
    }

    @Override
    FilterAction showData(HttpFilter filter, ByteBuf data, boolean end) {
        return filter.onRequestData(exchange, data, end);
    }

    @Override
    FilterAction showTrailers(HttpFilter filter) {
        return filter.onRequestTrailers(exchange);
    }

    @Override
    void deliverHead(boolean end) {
        exchange.startUpstream(end);
    }

    @Override
    void deliverData(ByteBuf data, boolean end) {
        exchange.upstreamSink().onRequestData(data, end);
    }

    @Override
    void deliverTrailers() {
        exchange.upstreamSink().onRequestTrailers();
    }

    @Override
    void credit(int bytes) {
        exchange.client().onRequestConsumed(bytes);
    }

    @Override
    void overflow() {
        exchange.answer(FailureReason.REQUEST_TOO_LARGE);
    }

    @Override
    int positionInOrder(int position, int count) {
        return position;
    }
}
