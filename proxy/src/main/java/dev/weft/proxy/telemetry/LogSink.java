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
 *
 * <p>Buffers go round: a loop hands a full one over and gets one back that was written.
 */
public final class LogSink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LogSink.class);
    private static final int QUEUE = 256;
    private static final int SPARE = 32;
    private static final LineBuffer END = new LineBuffer(new byte[0]);

    private final BlockingQueue<LineBuffer> queue = new ArrayBlockingQueue<>(QUEUE);
    private final BlockingQueue<LineBuffer> spare = new ArrayBlockingQueue<>(SPARE);
    private final AtomicLong dropped = new AtomicLong();
    private final OutputStream out;
    private final Thread thread;

    private LogSink(String name, OutputStream out) {
        this.out = out;
        this.thread = Thread.ofPlatform().daemon().name("access-log-" + name).start(this::run);
    }

    /** @throws IOException when the file cannot be opened for appending */
    public static LogSink file(Path path) throws IOException {
        return switch (path.toString()) {
            case "/dev/stdout" -> new LogSink("stdout", System.out);
            case "/dev/stderr" -> new LogSink("stderr", System.err);
            default -> new LogSink(String.valueOf(path.getFileName()), new FileOutputStream(path.toFile(), true));
        };
    }

    /** For tests and standard streams; the stream is not closed. */
    public static LogSink stream(OutputStream out) {
        return new LogSink("stream", out);
    }

    /** Takes the lines over. Returns an empty buffer for the next ones: the same one where they had to be dropped. */
    LineBuffer swap(LineBuffer lines) {
        if (!queue.offer(lines)) {
            dropped.incrementAndGet();
            lines.clear();
            return lines;
        }
        LineBuffer next = spare.poll();
        return next == null ? new LineBuffer() : next;
    }

    /** Whether everything that was handed over is being written or was. */
    boolean isCaughtUp() {
        return queue.isEmpty();
    }

    /** Buffers that were lost. */
    public long dropped() {
        return dropped.get();
    }

    @SuppressWarnings("ReferenceEquality") // the end is one object
    private void run() {
        try {
            LineBuffer lines = queue.take();
            while (lines != END) {
                out.write(lines.bytes(), 0, lines.length());
                if (queue.isEmpty()) {
                    out.flush();
                }
                lines.clear();
                spare.offer(lines);
                lines = queue.take();
            }
        } catch (IOException e) {
            LOG.warn("access log ends here cause={}", e.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes what is queued and ends. Waits two seconds at most. */
    @Override
    public void close() {
        try {
            if (thread.isAlive() && queue.offer(END, 1, TimeUnit.SECONDS)) {
                thread.join(1_000);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
