package dev.weft.examples.bookstore;

import com.google.common.collect.ImmutableMap;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.random.RandomGenerator;

/**
 * The HTTP side of a program: the JDK's server on one port, one virtual thread for each request. Orders of {@link Fault} are
 * carried out here, before the program's own {@link Handler}; an exception of the handler is answered with 500 and its message.
 */
final class WebServer implements Running {
    private final String service;
    private final Handler handler;
    private final HttpServer server;
    private final ExecutorService executor;

    /** Answers one request. May block. */
    interface Handler {
        Answer handle(Asked asked) throws IOException, InterruptedException;
    }

    /** @param passed the headers to hand on with own calls */
    record Asked(String method, URI uri, ImmutableMap<String, String> passed) {
        String path() {
            return uri.getPath();
        }

        /** The number at the end of {@code /prefix/NUMBER}; -1 where the path has another form. */
        int numberAfter(String prefix) {
            try {
                return path().startsWith(prefix) ? Integer.parseInt(path().substring(prefix.length())) : -1;
            } catch (NumberFormatException e) {
                return -1;
            }
        }
    }

    /** @param headers added to the content type and length */
    record Answer(int status, String contentType, String body, ImmutableMap<String, String> headers) {
        static Answer json(Object value) {
            return new Answer(200, "application/json", Json.write(value), ImmutableMap.of());
        }

        static Answer html(String body) {
            return new Answer(200, "text/html; charset=utf-8", body, ImmutableMap.of());
        }

        static Answer error(int status, String message) {
            return new Answer(
                    status, "application/json", Json.write(ImmutableMap.of("error", message)), ImmutableMap.of());
        }

        Answer withHeader(String name, String value) {
            return new Answer(status, contentType, body, ImmutableMap.of(name, value));
        }
    }

    private WebServer(String service, Handler handler, InetSocketAddress listen) throws IOException {
        this.service = service;
        this.handler = handler;
        this.executor = Executors.newVirtualThreadPerTaskExecutor();
        this.server = HttpServer.create(listen, 128);
        server.setExecutor(executor);
        server.createContext("/", this::serve);
    }

    static WebServer start(String service, InetSocketAddress listen, Handler handler) throws IOException {
        WebServer started = new WebServer(service, handler, listen);
        started.server.start();
        return started;
    }

    @Override
    public int port() {
        return server.getAddress().getPort();
    }

    @Override
    public void close() {
        server.stop(0);
        executor.shutdownNow();
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            exchange.getRequestBody().readAllBytes();
            Answer answer = answer(exchange);
            byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("content-type", answer.contentType());
            exchange.getResponseHeaders().set("x-served-by", service);
            answer.headers()
                    .forEach((name, value) -> exchange.getResponseHeaders().set(name, value));
            boolean head = exchange.getRequestMethod().equals("HEAD");
            exchange.sendResponseHeaders(answer.status(), head || body.length == 0 ? -1 : body.length);
            if (!head) {
                exchange.getResponseBody().write(body);
            }
        }
    }

    private Answer answer(HttpExchange exchange) {
        try {
            ImmutableMap<String, String> passed = PassedHeaders.of(exchange.getRequestHeaders());
            int ordered = ordered(passed);
            if (ordered != 0) {
                return Answer.error(ordered, "ordered by the header " + Fault.PREFIX + faultName());
            }
            if (exchange.getRequestURI().getPath().equals("/healthz")) {
                return Answer.json(ImmutableMap.of("service", service));
            }
            return handler.handle(new Asked(exchange.getRequestMethod(), exchange.getRequestURI(), passed));
        } catch (IllegalArgumentException e) {
            return Answer.error(400, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Answer.error(503, "stopping");
        } catch (IOException | RuntimeException e) {
            return Answer.error(500, e.toString());
        }
    }

    private int ordered(ImmutableMap<String, String> passed) throws InterruptedException {
        var fault = Fault.parse(passed, faultName());
        return fault.isEmpty() ? 0 : fault.get().apply(RandomGenerator.getDefault());
    }

    /** reviews-v2 obeys the orders for reviews. */
    private String faultName() {
        int dash = service.indexOf('-');
        return dash < 0 ? service : service.substring(0, dash);
    }
}
