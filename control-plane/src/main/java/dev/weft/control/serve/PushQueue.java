package dev.weft.control.serve;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * Who is due for a push. Each client stands in the queue at most once, however many changes it is due for, and only so many are
 * worked on at a time, so that a change of everything cannot take all memory and processors.
 *
 * <p>Guarded by its own lock; the work runs on the executor, outside the lock.
 */
public final class PushQueue<T> {

    private final Consumer<T> work;
    private final Executor executor;
    private final int concurrency;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final LinkedHashSet<T> waiting = new LinkedHashSet<>();

    @GuardedBy("lock")
    private final Set<T> running = new HashSet<>();

    /** Those that became due again while they were worked on with what was known before. */
    @GuardedBy("lock")
    private final Set<T> again = new HashSet<>();

    public PushQueue(Consumer<T> work, Executor executor, int concurrency) {
        this.work = work;
        this.executor = executor;
        this.concurrency = concurrency;
    }

    /** As many at a time as Istio allows itself: 15 and 5 per processor, at most 100. */
    public static int defaultConcurrency(int processors) {
        return Math.min(15 + 5 * processors, 100);
    }

    public void enqueue(T client) {
        synchronized (lock) {
            if (running.contains(client)) {
                again.add(client);
            } else {
                waiting.add(client);
            }
            start();
        }
    }

    /** Forgets a client that is gone. */
    public void remove(T client) {
        synchronized (lock) {
            waiting.remove(client);
            again.remove(client);
        }
    }

    public int size() {
        synchronized (lock) {
            return waiting.size() + running.size();
        }
    }

    @GuardedBy("lock")
    private void start() {
        while (running.size() < concurrency && !waiting.isEmpty()) {
            Iterator<T> first = waiting.iterator();
            T client = first.next();
            first.remove();
            running.add(client);
            executor.execute(() -> run(client));
        }
    }

    private void run(T client) {
        try {
            work.accept(client);
        } finally {
            synchronized (lock) {
                running.remove(client);
                if (again.remove(client)) {
                    waiting.add(client);
                }
                start();
            }
        }
    }
}
