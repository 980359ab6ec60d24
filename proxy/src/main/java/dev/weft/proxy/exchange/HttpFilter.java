package dev.weft.proxy.exchange;

import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * One station of a filter chain: sees requests on their way up and responses on their way down.
 *
 * <p>One instance per filter chain, immutable, shared by all loops: what belongs to one exchange is in {@link #state}.
 * It is called on the exchange's loop, in the phases that it named, and must not block. A filter that waits for
 * something returns {@link FilterAction#STOP}, remembers {@link Exchange#generation}, and on the callback, on the loop,
 * asks {@link Exchange#isCurrent} before it touches the exchange.
 */
public abstract class HttpFilter {
    /** Phases, added up. */
    public static final int REQUEST_HEAD = 1;

    public static final int REQUEST_BODY = 2;
    public static final int REQUEST_TRAILERS = 4;
    public static final int RESPONSE_HEAD = 8;
    public static final int RESPONSE_BODY = 16;
    public static final int RESPONSE_TRAILERS = 32;
    public static final int DONE = 64;

    private final String name;
    private final int phases;
    private int position = -1;

    /**
     * For subclasses.
     *
     * @param name as configured; the key of per-route settings
     * @param phases the parts that this filter takes part in; in others it is never called
     */
    protected HttpFilter(String name, int phases) {
        this.name = name;
        this.phases = phases;
    }

    /** As configured. */
    public final String name() {
        return name;
    }

    final int phases() {
        return phases;
    }

    /** A filter stands in one chain only: its position is where its state is. */
    final void placeAt(int index) {
        if (position >= 0) {
            throw new IllegalStateException("filter " + name + " is part of a filter chain already");
        }
        position = index;
    }

    /** The request's head is in {@link Exchange#request}; {@code end} if nothing follows. */
    public FilterAction onRequestHead(Exchange exchange, boolean end) {
        return FilterAction.CONTINUE;
    }

    /** Body bytes to look at; they are not the filter's to release. */
    public FilterAction onRequestData(Exchange exchange, ByteBuf data, boolean end) {
        return FilterAction.CONTINUE;
    }

    public FilterAction onRequestTrailers(Exchange exchange) {
        return FilterAction.CONTINUE;
    }

    /** The response's head is in {@link Exchange#response}, local replies included. */
    public FilterAction onResponseHead(Exchange exchange, boolean end) {
        return FilterAction.CONTINUE;
    }

    /** Body bytes to look at; they are not the filter's to release. */
    public FilterAction onResponseData(Exchange exchange, ByteBuf data, boolean end) {
        return FilterAction.CONTINUE;
    }

    public FilterAction onResponseTrailers(Exchange exchange) {
        return FilterAction.CONTINUE;
    }

    /** The exchange is over, whatever happened: give back what was taken. */
    public void onDone(Exchange exchange) {}

    /** What this filter remembers of the exchange; null at its start. */
    protected final @Nullable Object state(Exchange exchange) {
        return exchange.slots()[position];
    }

    /** Remembers something for the time of the exchange. */
    protected final void state(Exchange exchange, @Nullable Object value) {
        exchange.slots()[position] = value;
    }

    /** Lets the request go on that this filter held. */
    protected final void resumeRequest(Exchange exchange) {
        exchange.toUpstream().resume(position);
    }

    /** Lets the response go on that this filter held. */
    protected final void resumeResponse(Exchange exchange) {
        exchange.toClient().resume(position);
    }
}
