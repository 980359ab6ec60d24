package dev.weft.tests.peers;

import com.google.common.collect.ImmutableMap;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** An HTTP/1.1 program that answers each path with its own text and remembers the headers that came with it. */
final class HttpOrigin implements AutoCloseable {
    private final HttpServer server;
    private final Map<String, ImmutableMap<String, String>> arrived = new ConcurrentHashMap<>();

    HttpOrigin() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** First values by lower-case name; empty when the path was never asked for. */
    ImmutableMap<String, String> headersAt(String path) {
        return arrived.getOrDefault(path, ImmutableMap.of());
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            byte[] got = exchange.getRequestBody().readAllBytes();
            ImmutableMap.Builder<String, String> headers = ImmutableMap.builder();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
            arrived.put(path, headers.buildOrThrow());
            byte[] body = ("origin " + path + " got " + got.length).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
