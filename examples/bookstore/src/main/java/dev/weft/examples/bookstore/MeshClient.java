package dev.weft.examples.bookstore;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Executors;

/**
 * Outgoing HTTP of a program: plain requests, given to the sidecar as a forward proxy, which knows the names of the mesh, picks an
 * endpoint and encrypts. Thread-safe; its connections live as long as the program.
 */
final class MeshClient {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final HttpClient client;

    /**
     * @param status the HTTP status; 0 where no answer came
     * @param body the body, or the reason why there is none
     * @param parts the header {@code x-page-parts} of a front page, else empty
     */
    record Got(int status, String body, String parts) {
        boolean ok() {
            return status >= 200 && status < 300;
        }
    }

    MeshClient(Optional<InetSocketAddress> proxy) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(TIMEOUT)
                .executor(Executors.newVirtualThreadPerTaskExecutor());
        proxy.ifPresent(address ->
                builder.proxy(ProxySelector.of(new InetSocketAddress(address.getHostString(), address.getPort()))));
        client = builder.build();
    }

    /** Never throws for what the network does: a failed call is an answer with status 0. */
    Got fetch(URI uri, ImmutableMap<String, String> headers) throws InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(TIMEOUT);
        headers.forEach(request::header);
        try {
            var response = client.send(request.build(), BodyHandlers.ofString());
            return new Got(
                    response.statusCode(),
                    response.body(),
                    response.headers().firstValue("x-page-parts").orElse(""));
        } catch (IOException e) {
            return new Got(0, e.toString(), "");
        }
    }
}
