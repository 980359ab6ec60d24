package dev.weft.tests.peers;

import dev.weft.tests.mesh.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One program of others, with what it printed. Ends with its owner, by force if it must. */
final class PeerProcess implements AutoCloseable {
    private static final int KEPT = 20_000;

    private final Process process;
    private final StringBuffer output = new StringBuffer();
    private final Thread reader;

    private PeerProcess(Process process) {
        this.process = process;
        this.reader = Thread.ofVirtual().start(this::read);
    }

    static PeerProcess start(List<String> command) {
        try {
            return new PeerProcess(
                    new ProcessBuilder(command).redirectErrorStream(true).start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                // The beginning says why a program does not start, so that is what is kept.
                if (output.length() < KEPT) {
                    output.append(line).append('\n');
                }
            }
        } catch (IOException e) {
            output.append(e).append('\n');
        }
    }

    String output() {
        return output.toString();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    void awaitOutput(String text, Duration limit) {
        Await.until(limit, () -> output().contains(text) || !isAlive(), () -> "no '" + text + "' in: " + output());
        if (!output().contains(text)) {
            throw new AssertionError("ended without '" + text + "': " + output());
        }
    }

    /** The exit code; kills what has not ended in time. */
    int awaitEnd(Duration limit) throws InterruptedException {
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            close();
            throw new AssertionError("still running after " + limit.toSeconds() + " s: " + output());
        }
        reader.join();
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
