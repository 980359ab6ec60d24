package dev.weft.control.api;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.google.common.base.Splitter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server of the API, on the loopback address: finds the handler of a path and writes its answer. Owns its threads.
 *
 * <p>Only what comes for a name of this machine is answered, so that a page in somebody's browser cannot read the mesh by pointing a
 * name of its own at 127.0.0.1.
 */
public final class ApiServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
    private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final JsonMapper json = JsonMapper.builder()
            .addModule(new SimpleModule()
                    .addSerializer(Instant.class, new InstantText())
                    .addSerializer(OptionalInt.class, new OptionalNumber()))
            .disable(SerializationFeature.FAIL_ON_EMPTY_BEANS)
            .defaultPropertyInclusion(
                    JsonInclude.Value.construct(JsonInclude.Include.NON_NULL, JsonInclude.Include.ALWAYS))
            .build();

    /** Gives the answer to one path. */
    interface Handler {
        Answer handle(Map<String, String> query);
    }

    private ApiServer(HttpServer server) {
        this.server = server;
        server.setExecutor(threads);
    }

    /** Listens at {@code address}, whose port 0 means any free one. */
    public static ApiServer start(InetSocketAddress address, ApiHandlers handlers) {
        HttpServer http;
        try {
            http = HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + e.getMessage(), e);
        }
        ApiServer server = new ApiServer(http);
        Map<String, Handler> byPath = handlers.byPath();
        http.createContext("/", exchange -> server.serve(exchange, byPath));
        http.start();
        return server;
    }

    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void serve(HttpExchange exchange, Map<String, Handler> byPath) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (!isLocal(exchange.getRequestHeaders().getFirst("Host"))) {
                write(exchange, new Answer.Text(403, "text/plain; charset=utf-8", "unknown host name\n"));
                return;
            }
            if (!exchange.getRequestMethod().equals("GET")) {
                write(exchange, new Answer.Text(405, "text/plain; charset=utf-8", "only GET is served\n"));
                return;
            }
            Handler handler = byPath.get(path);
            write(
                    exchange,
                    handler == null
                            ? Answer.notFound("no such path: " + path)
                            : handler.handle(query(exchange.getRequestURI().getRawQuery())));
        } catch (RuntimeException e) {
            LOG.error("request failed path={}", exchange.getRequestURI().getPath(), e);
            write(exchange, new Answer.Text(500, "text/plain; charset=utf-8", "internal error\n"));
        }
    }

    private static boolean isLocal(@Nullable String host) {
        if (host == null) {
            return true;
        }
        int colon = host.lastIndexOf(':');
        String name = colon > host.indexOf(']') ? host.substring(0, colon) : host;
        return LOCAL_NAMES.contains(name);
    }

    private void write(HttpExchange exchange, Answer answer) throws IOException {
        switch (answer) {
            case Answer.Json(Object body) -> write(exchange, 200, "application/json", json.writeValueAsBytes(body));
            case Answer.Text(int status, String type, String body) ->
                write(exchange, status, type, body.getBytes(UTF_8));
        }
    }

    private static void write(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(body);
        }
    }

    private static Map<String, String> query(@Nullable String raw) {
        Map<String, String> query = new HashMap<>();
        if (raw != null) {
            for (String pair : Splitter.on('&').omitEmptyStrings().split(raw)) {
                int equals = pair.indexOf('=');
                String name = equals < 0 ? pair : pair.substring(0, equals);
                String value = equals < 0 ? "" : pair.substring(equals + 1);
                query.put(URLDecoder.decode(name, UTF_8), URLDecoder.decode(value, UTF_8));
            }
        }
        return query;
    }

    private static final class InstantText extends JsonSerializer<Instant> {
        @Override
        public void serialize(Instant value, JsonGenerator out, SerializerProvider provider) throws IOException {
            out.writeString(value.toString());
        }
    }

    private static final class OptionalNumber extends JsonSerializer<OptionalInt> {
        @Override
        public void serialize(OptionalInt value, JsonGenerator out, SerializerProvider provider) throws IOException {
            if (value.isPresent()) {
                out.writeNumber(value.getAsInt());
            } else {
                out.writeNull();
            }
        }
    }
}
