package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How long a connection of HTTP/1 may stand still, with and without a request on it. */
@Timeout(30)
class Http1TimeoutTest {
    @Test
    void timesOutSlowHeadsAndIdleExchanges() throws Exception {
        BlockingQueue<String> go = new LinkedBlockingQueue<>();
        try (Origin origin = new Origin(wire -> {
                    wire.head();
                    go.take();
                });
                TestProxy proxy = new TestProxy(origin.port(), Http1Path.timeouts(100, 60, 50), Http1Path.POOL)) {
            try (Wire slow = Wire.to(proxy.port())) {
                slow.send("GET / HTTP/1.1\r\nHo");
                assertThat(slow.message()).startsWith("HTTP/1.1 408").endsWith("request header timeout");
            }
            assertThat(proxy.next().details()).isEqualTo("request_header_timeout");
            try (Wire idle = Wire.to(proxy.port())) {
                idle.send(Http1Path.GET.formatted(""));
                assertThat(idle.message()).startsWith("HTTP/1.1 504").endsWith("stream timeout");
            }
            assertThat(proxy.next().flags()).isEqualTo("SI");
            go.add("go");
        }
    }

    @Test
    void closesIdleConnections() throws Exception {
        ServerOptions.Timeouts d = ServerOptions.Timeouts.DEFAULTS;
        ServerOptions options = Http1Path.timeouts(new ServerOptions.Timeouts(
                Duration.ofMillis(100),
                d.streamIdle(),
                d.requestHeaders(),
                d.request(),
                d.maxDuration(),
                d.maxConnectionDuration(),
                d.delayedClose()));
        try (Http1Path path = Http1Path.to(new Http1Path.EchoPaths(), options)) {
            path.client.send(Http1Path.GET.formatted("1"));
            path.client.message();

            assertThat(path.client.rest()).isEmpty();
        }
    }
}
