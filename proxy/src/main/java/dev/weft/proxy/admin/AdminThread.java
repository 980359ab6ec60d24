package dev.weft.proxy.admin;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The one thread on which pages are made that take longer than a moment. It is there only while somebody asks, since its stack would
 * cost memory in every pod.
 */
final class AdminThread implements AutoCloseable {
    private static final int MOST_WAITING = 32;
    private static final long IDLE_SECONDS = 5;

    private final ThreadPoolExecutor executor = new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_WAITING),
            Thread.ofPlatform().daemon().name("weft-admin").factory());

    AdminThread() {
        executor.allowCoreThreadTimeOut(true);
    }

    /** Whether the task will run. */
    boolean submit(Runnable task) {
        try {
            executor.execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}
