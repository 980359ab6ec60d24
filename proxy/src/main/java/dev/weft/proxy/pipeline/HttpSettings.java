package dev.weft.proxy.pipeline;

import dev.weft.model.http.HttpOptions;
import dev.weft.model.listener.Listener;
import dev.weft.proxy.codec.http2.Http2Config;
import dev.weft.proxy.exchange.HeadLimits;
import dev.weft.proxy.server.ServerOptions;
import java.time.Duration;

/** Reads a connection manager's options into what server connections take. Pure. */
final class HttpSettings {
    /** Where an inbound listener sets no limit, a client that never finishes a head does not stay for ever. */
    private static final Duration INBOUND_HEADERS = Duration.ofSeconds(60);

    private HttpSettings() {}

    static ServerOptions of(HttpOptions options, Listener listener) {
        HttpOptions.HttpTimeouts timeouts = options.timeouts();
        HttpOptions.HttpLimits limits = options.limits();
        ServerOptions defaults = ServerOptions.DEFAULTS;
        Duration headers = listener.direction() == Listener.Direction.INBOUND ? INBOUND_HEADERS : Duration.ZERO;
        return new ServerOptions(
                headLimits(limits),
                new ServerOptions.Timeouts(
                        timeouts.connectionIdleOrDefault(),
                        timeouts.streamIdleOrDefault(),
                        timeouts.requestHeaders().orElse(headers),
                        timeouts.request().orElse(Duration.ZERO),
                        Duration.ZERO,
                        timeouts.maxConnectionDuration().orElse(Duration.ZERO),
                        timeouts.delayedClose().orElse(defaults.timeouts().delayedClose())),
                new ServerOptions.Http1(
                        options.acceptHttp10() ? ServerOptions.Http10.ACCEPT : ServerOptions.Http10.REJECT,
                        "",
                        options.proxy100Continue()
                                ? ServerOptions.ExpectContinue.PASS_ON
                                : ServerOptions.ExpectContinue.ANSWER,
                        ServerOptions.Trailers.DROP,
                        ServerOptions.Underscores.ALLOW),
                Http2Config.ofServer(options),
                listener.bufferLimit(),
                limits.maxRequestsPerConnection().orElse(0));
    }

    private static HeadLimits headLimits(HttpOptions.HttpLimits limits) {
        HeadLimits ours = HeadLimits.REQUEST;
        return limits.maxRequestHeadersKb().isEmpty() && limits.maxHeaders().isEmpty()
                ? ours
                : new HeadLimits(
                        limits.maxRequestHeadersKb().isPresent()
                                ? limits.maxRequestHeadersKb().getAsInt() * 1024
                                : ours.bytes(),
                        limits.maxHeaders().orElse(ours.fields()));
    }
}
