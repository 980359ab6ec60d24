package dev.weft.cli.demo;

import dev.weft.cli.control.RunningDemos.Demo;
import dev.weft.cli.output.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Ends a demo from outside: asks its supervisor, or cleans up what a supervisor that died has left. */
public final class DemoStop {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private DemoStop() {}

    /** The config folder that was kept, if the user had edited it and its supervisor was gone. */
    public static Optional<Path> stop(Demo demo) throws InterruptedException {
        if (demo.alive()) {
            ProcessHandle.of(demo.process()).ifPresent(ProcessHandle::destroy);
            boolean ended = Await.until(LIMIT, () -> !Files.exists(demo.folder()) && !demo.alive());
            if (!ended) {
                throw Failure.notFine(
                        "the demo did not end within " + LIMIT.toSeconds() + " s",
                        "its supervisor has the process id " + demo.process(),
                        "kill -9 " + demo.process() + "   its watchdog ends the rest");
            }
            return Optional.empty();
        }
        endLeftovers(demo);
        return DemoFolder.remove(demo.folder(), demo.config());
    }

    private static void endLeftovers(Demo demo) throws InterruptedException {
        Path file = demo.folder().resolve("children");
        try {
            Instant written =
                    Files.exists(file) ? Files.getLastModifiedTime(file).toInstant() : Instant.EPOCH;
            for (String line : Files.exists(file) ? Files.readAllLines(file) : java.util.List.<String>of()) {
                Optional<ProcessHandle> child = ProcessHandle.of(Long.parseLong(line.substring(0, line.indexOf(' '))));
                // A process that began after the list was written has the number by chance.
                child.filter(handle -> handle.info()
                                .startInstant()
                                .map(start -> !start.isAfter(written.plusSeconds(1)))
                                .orElse(false))
                        .ifPresent(ProcessHandle::destroyForcibly);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read", e);
        }
        Await.until(Duration.ofSeconds(1), () -> false);
    }
}
