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
import dev.weft.control.ca.PageAccess;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP server of the API: finds the handler of a path, sees whether the caller may have it and writes its answer. Owns its threads.
 *
 * <p>Whoever is on this machine, or comes through a port-forward, may read everything, but only under a name of this machine, so that a page in
 * somebody's browser cannot read the mesh by pointing a name of its own at 127.0.0.1. From elsewhere readiness and metrics are open, and all
 * else is for those whom {@link PageAccess} lets in; where there is none, for nobody.
 */
public final class ApiServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(ApiServer.class);
    private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "[::1]");

    private static final Set<String> OPEN_PATHS = Set.of("/ready", "/metrics");
    private static final String PLAIN_TEXT = "text/plain; charset=utf-8";
    private static final String SCHEME = "bearer ";

    private final HttpServer server;
    private final Optional<PageAccess> access;
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

    private ApiServer(HttpServer server, Optional<PageAccess> access) {
        this.server = server;
        this.access = access;
        server.setExecutor(threads);
    }

    /**
     * Listens at {@code address}, whose port 0 means any free one.
     *
     * @param access who may read from elsewhere
     */
    public static ApiServer start(InetSocketAddress address, ApiHandlers handlers, Optional<PageAccess> access) {
        HttpServer http;
        try {
            http = HttpServer.create(address, 0);
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "cannot listen on " + address.getHostString() + ":" + address.getPort() + ": " + e.getMessage(), e);
        }
        ApiServer server = new ApiServer(http, access);
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
            Optional<Answer> refusal = refusal(exchange, path);
            if (refusal.isPresent()) {
                write(exchange, refusal.get());
                return;
            }
            if (!exchange.getRequestMethod().equals("GET")) {
                write(exchange, new Answer.Text(405, PLAIN_TEXT, "only GET is served\n"));
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
            write(exchange, new Answer.Text(500, PLAIN_TEXT, "internal error\n"));
        }
    }

    /** Why the caller may not have this page; empty if he may. */
    private Optional<Answer> refusal(HttpExchange exchange, String path) {
        if (exchange.getRemoteAddress().getAddress().isLoopbackAddress()) {
            boolean probed = access.isPresent() && OPEN_PATHS.contains(path);
            return probed || isLocal(exchange.getRequestHeaders().getFirst("Host"))
                    ? Optional.empty()
                    : refused(403, "unknown host name");
        }
        if (OPEN_PATHS.contains(path)) {
            return Optional.empty();
        }
        String credential = exchange.getRequestHeaders().getFirst("Authorization");
        if (access.isEmpty()
                || credential == null
                || !credential.toLowerCase(Locale.ROOT).startsWith(SCHEME)) {
            return refused(401, "expected a bearer token in Authorization, or a port-forward");
        }
        return switch (access.get().decide(credential.substring(SCHEME.length()).trim())) {
            case GRANTED -> Optional.empty();
            case FORBIDDEN -> refused(403, "needs the right to get services/proxy of the control plane");
            case UNAUTHENTICATED -> refused(401, "the token is not good");
            case UNAVAILABLE -> refused(503, "the API server, which knows who may, does not answer");
        };
    }

    private static Optional<Answer> refused(int status, String reason) {
        return Optional.of(new Answer.Text(status, PLAIN_TEXT, reason + "\n"));
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
