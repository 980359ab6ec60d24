package dev.weft.cli.demo;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** One process of the demo, with its log. Started by {@link Children}, which alone ends it; reading its state is safe for many threads. */
final class Child {
    private final String name;
    private final Process process;
    private final Path log;

    private Child(String name, Process process, Path log) {
        this.name = name;
        this.process = process;
        this.log = log;
    }

    /**
     * @param command the launcher and its arguments
     * @param environment added to this process's own
     * @param log gets both streams
     */
    record Spec(String name, ImmutableList<String> command, ImmutableMap<String, String> environment, Path log) {}

    static Child start(Spec spec) {
        ProcessBuilder builder = new ProcessBuilder(spec.command())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(spec.log().toFile()));
        builder.environment().putAll(spec.environment());
        // A Ctrl-C reaches the whole terminal group: the supervisor ends its children in order, so they must not end by
        // themselves.
        builder.environment().put("WEFT_IGNORE_INTERRUPT", "1");
        builder.environment().remove("http_proxy");
        try {
            return new Child(spec.name(), builder.start(), spec.log());
        } catch (IOException e) {
            throw new UncheckedIOException(spec.name() + ": cannot be started", e);
        }
    }

    String name() {
        return name;
    }

    long pid() {
        return process.pid();
    }

    boolean alive() {
        return process.isAlive();
    }

    /** Of a process that has ended. */
    int exitValue() {
        return process.exitValue();
    }

    void terminate() {
        process.destroy();
    }

    void kill() {
        process.destroyForcibly();
    }

    boolean awaitEnd(Duration limit) throws InterruptedException {
        return process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The last lines of the log, to say why it ended. */
    String logTail() {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - 15), lines.size()));
        } catch (IOException e) {
            return "(" + log + " cannot be read)";
        }
    }
}
