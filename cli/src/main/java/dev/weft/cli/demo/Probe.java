package dev.weft.cli.demo;

import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Requests of the tour's own, so that it counts what it has seen itself. Thread-safe. */
final class Probe implements AutoCloseable {
    static final String NO_ANSWER = "no answer";

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final Pattern VERSION = Pattern.compile("\"version\":\"(v\\d)\"");
    private static final int WORKERS = 4;

    private final HttpClient client;
    private final URI target;

    /**
     * @param status 0 where no answer came
     * @param body the body, or why there is none
     * @param parts the front page's header {@code x-page-parts}, else empty
     */
    record Seen(int status, String body, String parts) {
        /** The version of the reviews that answered, or the status. */
        String version() {
            Matcher found = VERSION.matcher(body);
            return status == 200 && found.find() ? found.group(1) : statusText();
        }

        /** {@code whole} for a front page with all of its parts, else what is wrong with it. */
        String page() {
            if (status != 200) {
                return statusText();
            }
            return parts.matches("catalog=200,reviews=200,ratings=(ok|none)") ? "whole" : parts;
        }

        private String statusText() {
            return status == 0 ? NO_ANSWER + ": " + body : "status " + status;
        }
    }

    /** @param proxy port of a sidecar's forward proxy on this machine; empty to go straight to the target */
    Probe(URI target, OptionalInt proxy) {
        this.target = target;
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(TIMEOUT);
        proxy.ifPresent(port -> builder.proxy(ProxySelector.of(new InetSocketAddress("127.0.0.1", port))));
        client = builder.build();
    }

    Seen ask(String path) throws InterruptedException {
        try {
            var response = client.send(
                    HttpRequest.newBuilder(target.resolve(path))
                            .timeout(TIMEOUT)
                            .build(),
                    BodyHandlers.ofString());
            return new Seen(
                    response.statusCode(),
                    response.body(),
                    response.headers().firstValue("x-page-parts").orElse(""));
        } catch (IOException e) {
            return new Seen(0, e.toString(), "");
        }
    }

    /** Sends {@code count} requests, a few at a time, and counts the outcomes. */
    ImmutableMap<String, Long> count(int count, String path, Function<Seen, String> outcome)
            throws InterruptedException {
        ConcurrentHashMap<String, LongAdder> counts = new ConcurrentHashMap<>();
        AtomicInteger left = new AtomicInteger(count);
        try (ExecutorService workers = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch done = new CountDownLatch(WORKERS);
            for (int i = 0; i < WORKERS; i++) {
                workers.execute(() -> {
                    try {
                        while (left.getAndDecrement() > 0) {
                            counts.computeIfAbsent(outcome.apply(ask(path)), name -> new LongAdder())
                                    .increment();
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    } finally {
                        done.countDown();
                    }
                });
            }
            done.await();
        }
        ImmutableMap.Builder<String, Long> result = ImmutableMap.builder();
        counts.forEach((name, adder) -> result.put(name, adder.sum()));
        return result.build();
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
