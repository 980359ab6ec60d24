package dev.weft.proxy.exchange;

/**
 * Looks at every exchange that is over: metrics, access log, span.
 *
 * <p>Shared by the loops; called once per exchange on its loop. The exchange is reused afterwards.
 */
public interface ExchangeObserver {
    /** The exchange is over; read what is needed now. */
    void done(Exchange exchange);
}
