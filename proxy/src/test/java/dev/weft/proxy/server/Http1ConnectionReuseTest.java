package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** How many requests one connection of HTTP/1 carries, and what makes a request its last. */
@Timeout(30)
class Http1ConnectionReuseTest {
    @Test
    void servesManyRequestsOnOneConnectionEachWay() throws Exception {
        Http1Path.EchoPaths backend = new Http1Path.EchoPaths();
        try (Http1Path path = Http1Path.to(backend)) {
            for (int i = 0; i < 20; i++) {
                path.client.send(Http1Path.GET.formatted(i));

                assertThat(path.client.message())
                        .isEqualTo(
                                "HTTP/1.1 200 OK\r\nx-a: b\r\ncontent-length: " + ("/" + i).length() + "\r\n\r\n/" + i);
                assertThat(backend.requests.take()).isEqualTo("GET /" + i + " HTTP/1.1\r\nhost: a\r\n\r\n");
            }
            assertThat(path.origin.connections).hasValue(1);
            assertThat(path.proxy.next()).isEqualTo(new TestProxy.Seen(200, "-", "via_upstream", 0, 2));
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        try (Http1Path path = Http1Path.to(new Http1Path.EchoPaths())) {
            StringBuilder all = new StringBuilder();
            for (int i = 0; i < 200; i++) {
                all.append(Http1Path.GET.formatted(i));
            }
            path.client.send(all.toString());

            for (int i = 0; i < 200; i++) {
                assertThat(path.client.message()).endsWith("\r\n\r\n/" + i);
            }
            assertThat(path.origin.connections).hasValue(1);
        }
    }

    @Test
    void doesNotUseAConnectionAgainThatSentMoreThanItsResponse() throws Exception {
        try (Http1Path path = Http1Path.to(wire -> {
            wire.head();
            wire.send("HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\naHTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nevil");
            wire.head();
        })) {
            path.client.send(Http1Path.GET.formatted("1"));
            assertThat(path.client.message()).endsWith("\r\na");
            path.client.send(Http1Path.GET.formatted("2"));

            assertThat(path.client.message()).endsWith("\r\na");
            assertThat(path.origin.connections).hasValue(2);
        }
    }

    @Test
    void endsTheConnectionBehindAnAnswerThatCameBeforeTheRequestsEnd() throws Exception {
        ServerOptions options = Http1Path.timeouts(0, 0, 100);
        try (Http1Path path = Http1Path.to(
                wire -> {
                    wire.head();
                    wire.send("HTTP/1.1 413 Payload Too Large\r\ncontent-length: 2\r\n\r\nno");
                    wire.rest();
                },
                options)) {
            path.client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\nabc");

            assertThat(path.client.message())
                    .contains("413")
                    .contains("connection: close\r\n")
                    .endsWith("no");
            assertThat(path.client.rest()).isEmpty();
        }
    }

    @Test
    void closesBehindTheResponseWhenDraining() throws Exception {
        try (Http1Path path = Http1Path.to(new Http1Path.EchoPaths())) {
            path.proxy.draining = true;
            path.client.send(Http1Path.GET.formatted("1"));

            assertThat(path.client.message()).contains("connection: close\r\n").endsWith("/1");
            assertThat(path.client.rest()).isEmpty();
        }
    }
}
