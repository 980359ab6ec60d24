package dev.weft.cli.demo;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All processes of one demo. Guarded by its own lock. A watchdog, a tiny shell that reads from a pipe of ours, ends them and removes the
 * folder if this process dies without doing so: the pipe closes with it, whatever killed it.
 */
final class Children {
    private static final Duration GRACE = Duration.ofMillis(3_500);

    /** $1: the file of children, $2: the demo's folder. Left behind: only a config folder that holds work of the user's. */
    private static final String WATCHDOG = """
            trap '' INT HUP TERM
            while read -r _; do :; done
            [ -f "$1" ] || exit 0
            while read -r pid _; do kill -TERM "$pid"; done <"$1"
            sleep 2
            while read -r pid _; do kill -KILL "$pid"; done <"$1"
            for own in "$2"/config/*; do
                [ -f "$own" ] || continue
                for brought in "$2"/shipped/* "$2"/things-to-try/*; do
                    cmp -s "$own" "$brought" && continue 2
                done
                mv "$2/config" "$(dirname "$2")/kept-config-$(date +%s)"
                break
            done
            rm -rf "$2"
            home=$(dirname "$2")
            case $home in
                */.weft/demo) rmdir "$home" "$(dirname "$home")" ;;
            esac
            """;

    private final Path file;
    private final Map<String, Child> running = new LinkedHashMap<>();
    private @Nullable Process watchdog;

    Children(Path file) {
        this.file = file;
    }

    synchronized void startWatchdog(Path folder) {
        try {
            watchdog = new ProcessBuilder(
                            "/bin/sh", "-c", WATCHDOG, "weft-demo-watchdog", file.toString(), folder.toString())
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException("/bin/sh: cannot be started", e);
        }
    }

    synchronized Child start(Child.Spec spec) {
        Child child = Child.start(spec);
        running.put(spec.name(), child);
        write();
        return child;
    }

    synchronized Optional<Child> find(String name) {
        return Optional.ofNullable(running.get(name));
    }

    /** Children that ended by themselves since the last call; each is told once. */
    synchronized ImmutableList<Child> takeEnded() {
        ImmutableList<Child> ended =
                running.values().stream().filter(child -> !child.alive()).collect(ImmutableList.toImmutableList());
        if (!ended.isEmpty()) {
            ended.forEach(child -> running.remove(child.name()));
            write();
        }
        return ended;
    }

    /** Ends one at once, as a crash would. */
    synchronized void kill(String name) throws InterruptedException {
        Child child = running.remove(name);
        if (child != null) {
            child.kill();
            child.awaitEnd(GRACE);
            write();
        }
    }

    /** Asks all to end, waits, and ends by force what is still there. */
    synchronized void stopAll() throws InterruptedException {
        running.values().forEach(Child::terminate);
        long deadline = System.nanoTime() + GRACE.toNanos();
        for (Child child : running.values()) {
            if (!child.awaitEnd(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())))) {
                child.kill();
                child.awaitEnd(GRACE);
            }
        }
        running.clear();
        try {
            // Before the pipe closes: a watchdog that finds no file has nothing to do.
            Files.deleteIfExists(file);
            if (watchdog != null) {
                try (OutputStream pipe = watchdog.getOutputStream()) {
                    pipe.flush();
                }
                watchdog.waitFor();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** In one step, since the watchdog may read it at any time. */
    private void write() {
        StringBuilder lines = new StringBuilder();
        running.values()
                .forEach(child -> lines.append(child.pid())
                        .append(' ')
                        .append(child.name())
                        .append('\n'));
        try {
            Path fresh = file.resolveSibling("children.new");
            Files.writeString(fresh, lines);
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be written", e);
        }
    }
}
