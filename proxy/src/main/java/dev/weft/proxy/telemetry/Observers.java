package dev.weft.proxy.telemetry;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.ExchangeObserver;
import java.util.List;

/** Several observers as one. Immutable. */
public final class Observers implements ExchangeObserver {
    private final ExchangeObserver[] all;

    private Observers(ExchangeObserver[] all) {
        this.all = all;
    }

    public static ExchangeObserver of(List<ExchangeObserver> all) {
        return all.size() == 1 ? all.get(0) : new Observers(all.toArray(new ExchangeObserver[0]));
    }

    @Override
    public void began(Exchange exchange) {
        for (ExchangeObserver observer : all) {
            observer.began(exchange);
        }
    }

    @Override
    public void done(Exchange exchange) {
        for (ExchangeObserver observer : all) {
            observer.done(exchange);
        }
    }
}
