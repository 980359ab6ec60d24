package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client or a backend of HTTP/1 that goes in the middle of an exchange, or says what is none. */
@Timeout(30)
class Http1BrokenPeerTest {
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

    @Test
    void cancelsTheUpstreamWhenTheClientGoes() throws Exception {
        BlockingQueue<String> ended = new LinkedBlockingQueue<>();
        try (Origin origin = new Origin(wire -> {
                    wire.head();
                    requests.add("asked");
                    ended.add("[" + wire.rest() + "]");
                });
                TestProxy proxy = new TestProxy(origin.port())) {
            try (Wire client = Wire.to(proxy.port())) {
                client.send(Http1Path.GET.formatted(""));
                requests.take();
            }

            assertThat(proxy.next()).isEqualTo(new TestProxy.Seen(0, "DC", "downstream_remote_disconnect", 0, 0));
            assertThat(ended.poll(10, TimeUnit.SECONDS)).isEqualTo("[]");
        }
    }

    @Test
    void answersWhenTheBackendDiesBeforeItsResponse() throws Exception {
        try (Http1Path path = Http1Path.to(Wire::head)) {
            path.client.send(Http1Path.GET.formatted(""));

            assertThat(path.client.message())
                    .startsWith("HTTP/1.1 503 Service Unavailable\r\n")
                    .endsWith("upstream connect error or disconnect/reset before headers. reset reason: connection"
                            + " termination");
            TestProxy.Seen seen = path.proxy.next();
            assertThat(seen.flags()).isEqualTo("UC");
            assertThat(seen.details()).isEqualTo("upstream_reset_before_response_started{connection_termination}");
            path.client.send(Http1Path.GET.formatted(""));
            assertThat(path.client.message()).startsWith("HTTP/1.1 503");
        }
    }

    @Test
    void breaksOffWhenTheBackendDiesWithinItsResponse() throws Exception {
        try (Http1Path path = Http1Path.to(Origin.answering("HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf"))) {
            path.client.send(Http1Path.GET.formatted(""));

            assertThat(path.client.head()).startsWith("HTTP/1.1 200");
            assertThat(path.client.rest()).isEqualTo("half");
            TestProxy.Seen seen = path.proxy.next();
            assertThat(seen.status()).isEqualTo(200);
            assertThat(seen.flags()).isEqualTo("UC");
            assertThat(seen.details()).isEqualTo("upstream_reset_after_response_started{connection_termination}");
        }
    }

    @Test
    void answersWhenNobodyListensUpstream() throws Exception {
        int port;
        try (Origin gone = new Origin(Wire::head)) {
            port = gone.port();
        }
        try (TestProxy proxy = new TestProxy(port);
                Wire client = Wire.to(proxy.port())) {
            client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab");

            assertThat(client.message()).contains("503").endsWith("reset reason: remote connection failure");
            assertThat(proxy.next().flags()).isEqualTo("UF");
        }
    }

    @Test
    void refusesAResponseThatIsNotHttp() throws Exception {
        try (Http1Path path = Http1Path.to(Origin.answering("HTTP/1.1 200 OK\r\nbad name: x\r\n\r\n"))) {
            path.client.send(Http1Path.GET.formatted(""));

            assertThat(path.client.message()).contains("503").endsWith("protocol error");
            assertThat(path.proxy.next().flags()).isEqualTo("UPE");
        }
    }

    @Test
    void survivesAResponseLongerThanItAnnounced() throws Exception {
        try (Http1Path path =
                Http1Path.to(Origin.answering("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\nX"))) {
            path.client.send(Http1Path.GET.formatted(""));
            path.client.head();

            assertThatThrownBy(() -> path.client.read(13)).isInstanceOf(IOException.class);
            assertThat(path.proxy.next().flags()).isEqualTo("UPE");
        }
    }
}
