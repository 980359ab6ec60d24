package dev.weft.cli.demo;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/** Requests one after the other, from a thread of its own, until {@link #stop}: what a change must not break while it happens. */
final class BackgroundLoad implements AutoCloseable {
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
    private final AtomicBoolean stopped = new AtomicBoolean();
    private final Thread thread;

    BackgroundLoad(Probe probe, String path, Function<Probe.Seen, String> outcome) {
        thread = Thread.ofVirtual().name("background-load").start(() -> {
            try {
                while (!stopped.get()) {
                    counts.computeIfAbsent(outcome.apply(probe.ask(path)), name -> new LongAdder())
                            .increment();
                    Thread.sleep(2);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Ends the load and returns how often each outcome was seen. */
    Map<String, Long> stop() throws InterruptedException {
        stopped.set(true);
        thread.join();
        Map<String, Long> result = new TreeMap<>();
        counts.forEach((name, adder) -> result.put(name, adder.sum()));
        return result;
    }

    @Override
    public void close() {
        stopped.set(true);
    }
}
