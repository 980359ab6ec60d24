package dev.weft.proxy.exchange;

import org.jspecify.annotations.Nullable;

/**
 * The end of every filter chain: finds routes and carries requests to an upstream.
 *
 * <p>Implemented by {@code proxy.route}; immutable, shared by the loops, called on the exchange's loop.
 */
public interface Router {
    /** The route for the request as it stands now; null if there is none. Asked at most once, unless cleared. */
    @Nullable
    RouteDecision route(Exchange exchange);

    /**
     * Starts the upstream's side of a request whose head passed all filters. Response parts go to {@link
     * Exchange#toClient}; a failure to {@link Exchange#answer}, also during this call.
     *
     * @param end the head is the whole request
     * @return who takes the rest; {@link RequestSink#IGNORE} if the request was answered
     */
    RequestSink start(Exchange exchange, boolean end);
}
