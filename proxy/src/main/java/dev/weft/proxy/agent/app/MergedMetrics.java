package dev.weft.proxy.agent.app;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.LocalReply;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.telemetry.MetricSink;
import dev.weft.proxy.telemetry.MetricSource;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;

/**
 * Answers a scrape with the proxy's metrics and, behind them, the application's, which are passed on as they come. What goes wrong
 * with the application never costs the proxy's part: it is counted, and the page ends there.
 *
 * <p>The application is asked in the scraper's own words, so it decides between Prometheus' text and OpenMetrics; our part follows.
 * Shared by the loops.
 */
public final class MergedMetrics implements MetricSource {
    private static final HeaderName SCRAPE_TIMEOUT = HeaderName.of("x-prometheus-scrape-timeout-seconds");
    private static final Duration DEFAULT_LIMIT = Duration.ofSeconds(8);
    private static final double SHARE_OF_TIMEOUT = 0.8;

    private final Optional<AppMetrics> app;
    private final AppDialer dialer;
    private final Own own;
    private final LongAdder scrapes = new LongAdder();
    private final LongAdder failures = new LongAdder();

    /** Renders the proxy's metrics in Prometheus' text format, on any thread; empty where it is too busy. */
    public interface Own {
        void render(Consumer<Optional<String>> then);
    }

    /** @param app where the application's metrics are; empty where it has none */
    public MergedMetrics(Optional<AppMetrics> app, AppDialer dialer, Own own) {
        this.app = app;
        this.dialer = dialer;
        this.own = own;
    }

    @Override
    public void collect(MetricSink sink) {
        sink.counter("istio_agent_scrapes_total", MetricSink.Labels.NONE, scrapes.sum());
        sink.counter("istio_agent_scrape_failures_total", MetricSink.Labels.of("type", "application"), failures.sum());
    }

    /** Answers {@code exchange} later. */
    public RequestSink start(Exchange exchange) {
        if (exchange.request().method() == dev.weft.proxy.exchange.HttpMethod.HEAD) {
            LocalReply.of(FailureReason.DIRECT_RESPONSE).status(200).send(exchange);
            return RequestSink.IGNORE;
        }
        scrapes.increment();
        MergedScrape scrape = new MergedScrape(exchange, failures::increment);
        Headers headers = exchange.request().headers();
        Duration limit = limit(headers);
        Optional<AppRequest.Message> ask = app.map(metrics -> message(metrics, headers));
        own.render(text -> exchange.loop()
                .eventLoop()
                .execute(() -> app.ifPresentOrElse(
                        metrics -> scrape.both(
                                text,
                                call -> AppRequest.send(
                                        dialer,
                                        exchange.loop(),
                                        new AppProbe.Place("", metrics.port()),
                                        ask.orElseThrow(),
                                        limit,
                                        call)),
                        () -> scrape.alone(text))));
        return scrape;
    }

    /** Less than the scraper waits, so that it gets our part in any case. */
    private static Duration limit(Headers headers) {
        String text = headers.text(SCRAPE_TIMEOUT);
        if (text == null) {
            return DEFAULT_LIMIT;
        }
        try {
            double seconds = Double.parseDouble(text);
            long millis = Math.round(seconds * 1000 * SHARE_OF_TIMEOUT);
            return millis > 0 && millis < DEFAULT_LIMIT.toMillis() * 10 ? Duration.ofMillis(millis) : DEFAULT_LIMIT;
        } catch (NumberFormatException e) {
            return DEFAULT_LIMIT;
        }
    }

    private static AppRequest.Message message(AppMetrics metrics, Headers scraper) {
        FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.GET, metrics.path());
        request.headers().set(HttpHeaderNames.HOST, "localhost:" + metrics.port());
        request.headers().set(HttpHeaderNames.CONNECTION, "close");
        for (HeaderName name : new HeaderName[] {HeaderName.ACCEPT, HeaderName.USER_AGENT, SCRAPE_TIMEOUT}) {
            String value = scraper.text(name);
            if (value != null) {
                request.headers().set(name.text(), value);
            }
        }
        return new AppRequest.Message(metrics.scheme(), request);
    }
}
