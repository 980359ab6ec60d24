package dev.weft.proxy.server;

import dev.weft.proxy.exchange.FilterChain;

/**
 * What a server connection serves: the current filter chain and the settings of its listener's HTTP manager.
 *
 * <p>Implemented by {@code proxy.pipeline}; asked on the connection's loop. The chain is asked for with every request, so
 * that a new policy holds for the next request of a connection that is open already.
 */
public interface HttpService {
    /** The chain for a new exchange. */
    FilterChain filterChain();

    /** Settings; taken once per connection. */
    ServerOptions options();

    /** Whether connections shall end: HTTP/1 answers with {@code connection: close}, HTTP/2 goes away. */
    boolean isDraining();
}
