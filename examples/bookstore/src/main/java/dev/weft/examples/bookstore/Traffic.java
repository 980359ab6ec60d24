package dev.weft.examples.bookstore;

import com.google.common.collect.ImmutableMap;
import dev.weft.examples.bookstore.MeshClient.Got;
import dev.weft.examples.bookstore.WebServer.Answer;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Readers that never tire: asks the front page N times a second, whether or not the answers keep up (open loop, as real readers do),
 * and serves its counters as {@code GET /counters}. It begins when the first whole page came. Requests in flight are capped; what would exceed the cap counts as failed.
 */
final class Traffic {
    private static final int MAX_IN_FLIGHT = 200;
    private static final long NANOS = 1_000_000_000L;
    private static final String WHOLE = "catalog=200,reviews=200,ratings=(ok|none)";

    private final MeshClient client;
    private final URI target;
    private final int rps;
    private final AtomicLong sent = new AtomicLong();
    private final AtomicLong whole = new AtomicLong();
    private final AtomicLong partial = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Semaphore inFlight = new Semaphore(MAX_IN_FLIGHT);
    private final ExecutorService requests = Executors.newVirtualThreadPerTaskExecutor();

    private Traffic(MeshClient client, URI target, int rps) {
        this.client = client;
        this.target = target;
        this.rps = rps;
    }

    static Running start(Options options) throws IOException {
        int rps = options.number("rps", 20);
        if (rps < 1 || rps > 5_000) {
            throw new IllegalArgumentException("--rps: expected 1 to 5000, found " + rps);
        }
        Traffic traffic = new Traffic(
                new MeshClient(options.httpProxy(System.getenv())),
                options.uri("target", "http://frontpage.bookstore.svc.cluster.local:9080"),
                rps);
        WebServer server = WebServer.start("traffic", options.listen(), asked -> traffic.answer());
        Thread pace = Thread.ofPlatform().name("pace").daemon().start(traffic::pace);
        return new Started(server, traffic, pace);
    }

    private record Started(WebServer server, Traffic traffic, Thread pace) implements Running {
        @Override
        public int port() {
            return server.port();
        }

        @Override
        public void close() {
            traffic.stopped.set(true);
            pace.interrupt();
            traffic.requests.shutdownNow();
            server.close();
        }
    }

    private void pace() {
        try {
            awaitFirstPage();
        } catch (InterruptedException e) {
            return;
        }
        long start = System.nanoTime();
        for (long i = 0; !stopped.get(); i++) {
            long wait = start + i * NANOS / rps - System.nanoTime();
            try {
                if (wait > 0) {
                    Thread.sleep(wait / 1_000_000, (int) (wait % 1_000_000));
                }
            } catch (InterruptedException e) {
                return;
            }
            long book = 1 + i % Catalog.BOOKS.size();
            sent.incrementAndGet();
            if (inFlight.tryAcquire()) {
                requests.execute(() -> ask(book));
            } else {
                failed.incrementAndGet();
            }
        }
    }

    /** Readers come when the shop has opened: what fails before is no failure of anybody. */
    private void awaitFirstPage() throws InterruptedException {
        while (!stopped.get()) {
            Got got = client.fetch(target.resolve("/api/books/1"), ImmutableMap.of());
            if (got.ok() && got.parts().matches(WHOLE)) {
                return;
            }
            Thread.sleep(100);
        }
    }

    private void ask(long book) {
        try {
            Got got = client.fetch(target.resolve("/api/books/" + book), ImmutableMap.of());
            if (!got.ok()) {
                failed.incrementAndGet();
            } else if (got.parts().matches(WHOLE)) {
                whole.incrementAndGet();
            } else {
                partial.incrementAndGet();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            inFlight.release();
        }
    }

    private Answer answer() {
        return Answer.json(ImmutableMap.of(
                "rps", rps,
                "sent", sent.get(),
                "whole", whole.get(),
                "partial", partial.get(),
                "failed", failed.get()));
    }
}
