package dev.weft.control.kubernetes.identity;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings objects to what they should be, one at a time: whoever sees a change names the object, the step looks at it afresh. Owns one
 * thread, on which steps run; keys may come from any.
 *
 * <p>A key that is waiting is not queued twice; one that failed comes back by itself, later each time.
 */
final class Reconciler<K> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Reconciler.class);
    private static final Duration FIRST_WAIT = Duration.ofMillis(100);
    private static final int MAX_DOUBLINGS = 8;

    private final String name;
    private final Step<K> step;
    private final ScheduledExecutorService thread;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Set<K> waiting = new HashSet<>();

    @GuardedBy("lock")
    private final Map<K, Integer> failures = new HashMap<>();

    /** What is done about one object; failing with an exception means once more. */
    interface Step<K> {
        void reconcile(K key);
    }

    Reconciler(String name, Step<K> step) {
        this.name = name;
        this.step = step;
        this.thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name(name).daemon().factory());
    }

    void enqueue(K key) {
        synchronized (lock) {
            if (!waiting.add(key)) {
                return;
            }
        }
        schedule(key, Duration.ZERO);
    }

    private void schedule(K key, Duration wait) {
        try {
            thread.schedule(() -> run(key), wait.toNanos(), TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            LOG.debug("{} is closed key={}", name, key);
        }
    }

    private void run(K key) {
        synchronized (lock) {
            waiting.remove(key);
        }
        try {
            step.reconcile(key);
            synchronized (lock) {
                failures.remove(key);
            }
        } catch (KubernetesClientException e) {
            again(key, e.getCode() == 409 ? "conflict" : String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            LOG.error("{} failed key={}", name, key, e);
            again(key, e.toString());
        }
    }

    private void again(K key, String reason) {
        int before;
        synchronized (lock) {
            before = failures.merge(key, 1, Integer::sum) - 1;
            if (!waiting.add(key)) {
                return;
            }
        }
        Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(before, MAX_DOUBLINGS));
        if (before > 2) {
            LOG.warn(
                    "{} did not succeed, tried again in {} s key={} reason=\"{}\"",
                    name,
                    wait.toSeconds(),
                    key,
                    reason);
        }
        schedule(key, wait);
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
