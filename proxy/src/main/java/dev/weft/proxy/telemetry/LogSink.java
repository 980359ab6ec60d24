package dev.weft.proxy.telemetry;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where log lines end: a file or a standard stream, written by one background thread. When the disk is slower than the traffic, whole
 * buffers are dropped and counted; a loop never waits.
 */
public final class LogSink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogSink.class);
    private static final int QUEUE = 256;

    private final BlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(QUEUE);
    private final AtomicLong dropped = new AtomicLong();
    private final OutputStream out;
    private final Thread thread;
    private volatile boolean closed;

    private LogSink(String name, OutputStream out) {
        this.out = out;
        this.thread = Thread.ofPlatform().daemon().name("access-log-" + name).start(this::run);
    }

    /** @throws IOException when the file cannot be opened for appending */
    public static LogSink file(Path path) throws IOException {
        return switch (path.toString()) {
            case "/dev/stdout" -> new LogSink("stdout", System.out);
            case "/dev/stderr" -> new LogSink("stderr", System.err);
            default -> new LogSink(path.getFileName().toString(), new FileOutputStream(path.toFile(), true));
        };
    }

    /** For tests and standard streams; the stream is not closed. */
    public static LogSink stream(OutputStream out) {
        return new LogSink("stream", out);
    }

    void write(byte[] lines) {
        if (!queue.offer(lines)) {
            dropped.incrementAndGet();
        }
    }

    /** Buffers that were lost. */
    public long dropped() {
        return dropped.get();
    }

    private void run() {
        try {
            while (!closed || !queue.isEmpty()) {
                byte[] lines = queue.poll(100, TimeUnit.MILLISECONDS);
                if (lines != null) {
                    out.write(lines);
                    if (queue.isEmpty()) {
                        out.flush();
                    }
                }
            }
        } catch (IOException e) {
            LOG.warn("access log ends here cause={}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes what is queued and ends. */
    @Override
    public void close() {
        closed = true;
        try {
            thread.join(2_000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
