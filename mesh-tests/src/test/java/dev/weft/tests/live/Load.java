package dev.weft.tests.live;

import com.google.common.collect.ImmutableList;
import dev.weft.tests.mesh.Await;
import dev.weft.tests.mesh.RawClient;
import dev.weft.tests.mesh.Reply;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;

/**
 * Sends one request over and over, on some connections that are kept and some that are new each time, and remembers each answer that
 * is no 200. A virtual thread per connection.
 */
final class Load implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final long PAUSE_NANOS = 1_000_000;
    private static final int KEPT = 3;

    private final InetSocketAddress target;
    private final RawClient.Request request;
    private final AtomicLong answered = new AtomicLong();
    private final List<String> failures = new CopyOnWriteArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private volatile Reply last = new Reply(0, com.google.common.collect.ImmutableListMultimap.of(), "", Reply.CLOSED);
    private volatile boolean stopped;

    Load(InetSocketAddress target, RawClient.Request request) {
        this.target = target;
        this.request = request;
        for (int i = 0; i < KEPT; i++) {
            threads.add(Thread.ofVirtual().start(this::onKeptConnections));
        }
        threads.add(Thread.ofVirtual().start(this::onNewConnections));
    }

    private void onKeptConnections() {
        while (!stopped) {
            try (Socket socket = RawClient.connect(target, TIMEOUT)) {
                boolean open = true;
                while (open && !stopped) {
                    Reply reply = RawClient.exchange(socket, request);
                    record(reply);
                    open = reply.status() != 0 && !reply.headers().containsEntry("connection", "close");
                }
            } catch (IOException e) {
                failures.add(e.toString());
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void onNewConnections() {
        while (!stopped) {
            record(RawClient.send(target, request, TIMEOUT));
        }
    }

    private void record(Reply reply) {
        last = reply;
        if (reply.status() == 200) {
            answered.incrementAndGet();
        } else {
            failures.add(reply.toString());
        }
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    long answered() {
        return answered.get();
    }

    ImmutableList<String> failures() {
        return ImmutableList.copyOf(failures);
    }

    /** Waits until an answer is as expected. */
    void awaitReply(Duration limit, Predicate<Reply> expected) {
        Await.until(limit, () -> expected.test(last), () -> "last " + last + ", failures " + failures);
    }

    /** Waits for so many answers more. */
    void awaitAnswers(int count) {
        long goal = answered() + count;
        Await.until(TIMEOUT, () -> answered() >= goal, () -> answered() + " of " + goal + ", failures " + failures);
    }

    @Override
    public void close() {
        stopped = true;
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
