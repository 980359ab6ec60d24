package dev.weft.proxy.exchange;

/**
 * Looks at every exchange that is over: metrics, access log, span.
 *
 * <p>Shared by the loops; called once per exchange on its loop. The exchange is reused afterwards.
 */
public interface ExchangeObserver {
    /** A forwarded connection is open; its counts may be read on this loop, again and again, until it is done. */
    default void began(Exchange exchange) {}

    /** The exchange is over; read what is needed now. */
    void done(Exchange exchange);
}
