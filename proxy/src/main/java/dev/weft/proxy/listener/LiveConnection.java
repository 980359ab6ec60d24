package dev.weft.proxy.listener;

import dev.weft.model.listener.FilterChain;

/** A running connection as its listener reaches it. Called on the connection's loop. */
public interface LiveConnection {
    /** Finish what is in flight, begin nothing new, then close. */
    void drain();

    /** The proxy will end soon: say so, where the protocol can say it without an exchange. */
    void leave();

    /** The connection's filter chain has new content: policies for connections hold for open ones too. */
    void chainChanged(FilterChain now);

    /** Close now. */
    void close();
}
