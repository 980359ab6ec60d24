package dev.weft.cli.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.output.Failure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The demos of this user: each has a folder named by its port base, and in it {@code demo.json}, written when it starts and gone when it
 * has ended. Immutable; reads the folders anew at each call.
 */
public final class RunningDemos {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path home;

    /**
     * A demo as its file describes it.
     *
     * @param folder where it keeps its state
     * @param process of the supervisor
     * @param startedAt start time of that process: a number alone may belong to another process by now
     * @param http the control plane's API
     * @param config the folder of YAML
     */
    public record Demo(Path folder, int portBase, long process, Instant startedAt, URI http, Path config) {
        /** Whether the supervisor still runs. */
        public boolean alive() {
            return ProcessHandle.of(process)
                    .filter(ProcessHandle::isAlive)
                    .flatMap(handle -> handle.info().startInstant())
                    // The kernel's clock ticks in hundredths, and what two readers make of it may differ by a tick.
                    .map(start -> Math.abs(start.toEpochMilli() - startedAt.toEpochMilli()) < 1000)
                    .orElse(false);
        }

        public URI frontPage() {
            return URI.create("http://127.0.0.1:" + portBase + "/");
        }

        public Path controlState() {
            return folder.resolve("control");
        }
    }

    public RunningDemos(Path home) {
        this.home = home;
    }

    /** Where demos keep their state: WEFT_DEMO_HOME, else a folder of the user's home. */
    public static RunningDemos of(Map<String, String> environment) {
        String chosen = environment.getOrDefault("WEFT_DEMO_HOME", "");
        // The variable first: the JVM's own idea of a home comes from the user database and ignores it.
        String user = environment.getOrDefault("HOME", System.getProperty("user.home"));
        return new RunningDemos(chosen.isEmpty() ? Path.of(user, ".weft", "demo") : Path.of(chosen));
    }

    public Path home() {
        return home;
    }

    /** All demos that left a file, the ones whose supervisor died included. */
    public ImmutableList<Demo> all() {
        if (!Files.isDirectory(home)) {
            return ImmutableList.of();
        }
        try (Stream<Path> folders = Files.list(home)) {
            return folders.flatMap(folder -> read(folder).stream())
                    .sorted(Comparator.comparingInt(Demo::portBase))
                    .collect(ImmutableList.toImmutableList());
        } catch (IOException e) {
            throw Failure.noAnswer("cannot list " + home, String.valueOf(e.getMessage()), "check its permissions")
                    .causedBy(e);
        }
    }

    public Optional<Demo> find(int portBase) {
        return read(home.resolve(String.valueOf(portBase)));
    }

    /** The demo that a command without an address means: the only one that runs. */
    public Demo theOne() {
        ImmutableList<Demo> alive = all().stream().filter(Demo::alive).collect(ImmutableList.toImmutableList());
        if (alive.size() == 1) {
            return alive.getFirst();
        }
        if (alive.isEmpty()) {
            throw Failure.noAnswer(
                    "no control plane is named, and no demo runs",
                    "",
                    "start one with: meshctl demo   or name a control plane with --server URL, or a cluster with --kubeconfig FILE");
        }
        throw Failure.wrongQuestion(
                alive.size() + " demos run",
                "they have the port bases "
                        + alive.stream()
                                .map(demo -> String.valueOf(demo.portBase()))
                                .toList(),
                "name one with --port-base N");
    }

    private static Optional<Demo> read(Path folder) {
        Path file = folder.resolve("demo.json");
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            JsonNode tree = MAPPER.readTree(file.toFile());
            return Optional.of(new Demo(
                    folder,
                    tree.path("portBase").asInt(),
                    tree.path("pid").asLong(),
                    Instant.ofEpochMilli(tree.path("startedAtMillis").asLong()),
                    URI.create("http://127.0.0.1:" + tree.path("httpPort").asInt()),
                    Path.of(tree.path("config").asText())));
        } catch (IOException e) {
            // Being written or removed at this moment: it is not a running demo.
            return Optional.empty();
        }
    }
}
