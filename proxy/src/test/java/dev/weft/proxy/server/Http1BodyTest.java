package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Where bodies of HTTP/1 begin and end, on both sides. */
@Timeout(30)
class Http1BodyTest {
    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();

    @Test
    void passesChunkedBodiesAndTrailersBothWays() throws Exception {
        ServerOptions options = passingContinueOn(ServerOptions.Trailers.PASS_ON);
        String sent = "4\r\nab\r\n\r\n0\r\nx-sum: 1\r\n\r\n";
        try (Http1Path path = Http1Path.to(
                wire -> {
                    requests.add(wire.head() + wire.read(sent.length()));
                    wire.send(
                            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nxyz\r\n0\r\nGrpc-Status: 0\r\n\r\n");
                    wire.head();
                },
                options)) {
            path.client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + sent);

            assertThat(path.client.head()).isEqualTo("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            assertThat(path.client.read(29)).isEqualTo("3\r\nxyz\r\n0\r\ngrpc-status: 0\r\n\r\n");
            assertThat(requests.take())
                    .isEqualTo("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n" + sent);
        }
    }

    @Test
    void turnsABodyThatEndsWithTheConnectionIntoChunks() throws Exception {
        try (Http1Path path = Http1Path.to(Origin.answering("HTTP/1.0 200 OK\r\n\r\nall of it"))) {
            path.client.send(Http1Path.GET.formatted(""));

            assertThat(path.client.head()).isEqualTo("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
            assertThat(path.client.read(19)).isEqualTo("9\r\nall of it\r\n0\r\n\r\n");
            assertThat(path.proxy.next().flags()).isEqualTo("-");
        }
    }

    @Test
    void passesOneHundredContinueOnWhereAsked() throws Exception {
        ServerOptions options = passingContinueOn(ServerOptions.Trailers.DROP);
        try (Http1Path path = Http1Path.to(
                wire -> {
                    requests.add(wire.head());
                    wire.send("HTTP/1.1 100 Continue\r\n\r\n");
                    requests.add(wire.read(2));
                    wire.send("HTTP/1.1 204 No Content\r\n\r\n");
                    wire.head();
                },
                options)) {
            path.client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(path.client.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            assertThat(requests.take()).contains("expect: 100-continue\r\n");

            path.client.send("ab");

            assertThat(path.client.head()).isEqualTo("HTTP/1.1 204 No Content\r\n\r\n");
            assertThat(requests.take()).isEqualTo("ab");
        }
    }

    @Test
    void answersOneHundredContinueItselfOtherwise() throws Exception {
        try (Http1Path path = Http1Path.to(wire -> {
            requests.add(wire.message());
            wire.send("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
            wire.head();
        })) {
            path.client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            assertThat(path.client.head()).isEqualTo("HTTP/1.1 100 Continue\r\n\r\n");
            path.client.send("ab");

            assertThat(path.client.head()).startsWith("HTTP/1.1 200 OK");
            assertThat(requests.take()).doesNotContain("expect");
        }
    }

    @Test
    void answersHeadRequestsWithoutABody() throws Exception {
        try (Http1Path path = Http1Path.to(wire -> {
            while (!wire.head().isEmpty()) {
                wire.send("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n");
            }
        })) {
            for (int i = 0; i < 3; i++) {
                path.client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n");
                assertThat(path.client.head()).isEqualTo("HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n");
            }
            assertThat(path.origin.connections).hasValue(1);
        }
    }

    private static ServerOptions passingContinueOn(ServerOptions.Trailers trailers) {
        return Http1Path.options(
                ServerOptions.Timeouts.DEFAULTS,
                new ServerOptions.Http1(
                        ServerOptions.Http10.REJECT,
                        "",
                        ServerOptions.ExpectContinue.PASS_ON,
                        trailers,
                        ServerOptions.Underscores.ALLOW),
                1 << 20);
    }
}
