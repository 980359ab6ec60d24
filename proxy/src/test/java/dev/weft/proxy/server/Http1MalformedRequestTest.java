package dev.weft.proxy.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests of HTTP/1 that are none: they are answered, and their connection ends. */
@Timeout(30)
class Http1MalformedRequestTest {
    @ParameterizedTest
    @CsvSource({
        "'GET / HTTP/1.1\r\n\r\n', 400, missing_host_header",
        "'GET / HTTP/1.0\r\nHost: a\r\n\r\n', 426, low_version",
        "'GET / HTTP/1.1\r\nHost : a\r\n\r\n', 400, http1.codec_error",
        "'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n', 501, http1.invalid_transfer_encoding"
    })
    void answersMalformedRequestsAndCloses(String request, int status, String details) throws Exception {
        try (Http1Path path = Http1Path.to(new Http1Path.EchoPaths(), Http1Path.timeouts(0, 0, 50))) {
            path.client.send(request);

            assertThat(path.client.message()).startsWith("HTTP/1.1 " + status).contains("connection: close\r\n");
            assertThat(path.client.rest()).isEmpty();
            assertThat(path.proxy.next().details()).isEqualTo(details);
            assertThat(path.origin.connections).hasValue(0);
        }
    }

    @Test
    void answersABrokenChunkAfterTheHeadWasPassedOn() throws Exception {
        BlockingQueue<String> requests = new LinkedBlockingQueue<>();
        BlockingQueue<String> ended = new LinkedBlockingQueue<>();
        try (Http1Path path = Http1Path.to(
                wire -> {
                    requests.add(wire.head());
                    ended.add(wire.rest());
                },
                Http1Path.timeouts(0, 0, 50))) {
            path.client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
            requests.take();
            path.client.send("zz\r\n");

            assertThat(path.client.message()).startsWith("HTTP/1.1 400");
            assertThat(ended.poll(10, TimeUnit.SECONDS)).doesNotContain("0\r\n\r\n");
        }
    }
}
