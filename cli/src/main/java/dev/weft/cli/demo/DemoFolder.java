package dev.weft.cli.demo;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.bootstrap.PrivateFiles;
import dev.weft.cli.output.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All files of one demo, in one folder of the user: state of the control plane, bootstraps, tokens, logs, and the config folder unless the
 * user named another. The folder is also the lock: whoever makes it runs the demo of that port base. Removed at the end; a config folder
 * that the user edited is moved aside instead.
 */
final class DemoFolder {
    private static final String SHIPPED = "shipped";
    private static final String THINGS_TO_TRY = "things-to-try";

    private final Path root;
    private final Path config;
    private final DemoPorts ports;

    private DemoFolder(Path root, Path config, DemoPorts ports) {
        this.root = root;
        this.config = config;
        this.ports = ports;
    }

    /**
     * Makes the folder and fills the config folder.
     *
     * @param shipped the bookstore's folder with {@code config} and {@code things-to-try}
     * @param chosenConfig a config folder of the user's; what is in it stays as it is, and an empty one is filled
     */
    static DemoFolder create(Path home, DemoPorts ports, Path shipped, Optional<Path> chosenConfig) {
        Path root = home.resolve(String.valueOf(ports.base()));
        try {
            Files.createDirectories(home);
            PrivateFiles.createFolder(root);
        } catch (FileAlreadyExistsException e) {
            throw Failure.notFine(
                            "a demo with port base " + ports.base() + " runs already",
                            root + " exists",
                            "meshctl demo stop --port-base " + ports.base() + "   or start another with --port-base "
                                    + (ports.base() + DemoPorts.SPAN))
                    .causedBy(e);
        } catch (IOException e) {
            throw Failure.noAnswer(
                            "cannot make " + root, e.toString(), "set WEFT_DEMO_HOME to a folder that you may write")
                    .causedBy(e);
        }
        DemoFolder folder =
                new DemoFolder(root, chosenConfig.orElse(root.resolve("config")).toAbsolutePath(), ports);
        folder.fill(shipped);
        return folder;
    }

    private void fill(Path shipped) {
        try {
            for (String name : ImmutableList.of("control", "sidecars", "log")) {
                Files.createDirectory(root.resolve(name));
            }
            copyShifted(shipped.resolve("config"), root.resolve(SHIPPED));
            copyShifted(shipped.resolve(THINGS_TO_TRY), thingsToTry());
            if (!Files.isDirectory(config) || list(config).isEmpty()) {
                copyShifted(shipped.resolve("config"), config);
            }
        } catch (IOException e) {
            throw Failure.noAnswer(
                            "cannot write the files of the demo", e.toString(), "check " + root + " and " + shipped)
                    .causedBy(e);
        }
    }

    private void copyShifted(Path from, Path to) throws IOException {
        Files.createDirectories(to);
        for (Path file : list(from)) {
            Files.writeString(to.resolve(file.getFileName()), ports.shift(Files.readString(file)));
        }
    }

    /** Tells other commands about the demo. */
    void announce(ProcessHandle supervisor, int httpPort) {
        PrivateFiles.replace(
                root.resolve("demo.json"),
                JsonNodeFactory.instance
                        .objectNode()
                        .put("portBase", ports.base())
                        .put("pid", supervisor.pid())
                        .put(
                                "startedAtMillis",
                                supervisor.info().startInstant().orElseThrow().toEpochMilli())
                        .put("httpPort", httpPort)
                        .put("config", config.toString())
                        .toString());
    }

    Path root() {
        return root;
    }

    Path config() {
        return config;
    }

    Path thingsToTry() {
        return root.resolve(THINGS_TO_TRY);
    }

    Path control() {
        return root.resolve("control");
    }

    Path log(String name) {
        return root.resolve("log").resolve(name + ".log");
    }

    /** A line "PID NAME" for each child that runs. */
    Path children() {
        return root.resolve("children");
    }

    Path sidecar(Program program) {
        Path folder = root.resolve("sidecars").resolve(program.workloadName());
        try {
            if (!Files.isDirectory(folder)) {
                PrivateFiles.createFolder(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(folder + ": cannot be made", e);
        }
        return folder;
    }

    /** Replaces one file of the config folder in one step, as an editor does. */
    void edit(String name, String content) {
        try {
            Path fresh = Files.createTempFile(root, "edit", ".yaml");
            Files.writeString(fresh, content);
            Files.move(fresh, config.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(config.resolve(name) + ": cannot be written", e);
        }
    }

    String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(file + ": cannot be read", e);
        }
    }

    void delete(String name) {
        try {
            Files.deleteIfExists(config.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(config.resolve(name) + ": cannot be deleted", e);
        }
    }

    /** Removes everything; a config folder inside that the user edited is kept, and the answer says where. */
    Optional<Path> remove() {
        return remove(root, config);
    }

    /** The same for the folder of a demo whose supervisor is gone. */
    static Optional<Path> remove(Path root, Path config) {
        try {
            Optional<Path> kept = Optional.empty();
            if (config.startsWith(root) && Files.isDirectory(config) && holdsOwnWork(root, config)) {
                Path aside = root.resolveSibling("kept-config-" + System.currentTimeMillis());
                Files.move(config, aside);
                kept = Optional.of(aside);
            }
            deleteTree(root);
            deleteEmpty(root.getParent());
            return kept;
        } catch (IOException e) {
            throw new UncheckedIOException(root + ": cannot be removed", e);
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> files = Files.walk(root)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }

    /** The folders above, if this demo was all they held. */
    private static void deleteEmpty(@Nullable Path folder) throws IOException {
        for (Path each = folder;
                each != null && (each.endsWith("demo") || each.endsWith(".weft"));
                each = each.getParent()) {
            try (Stream<Path> files = Files.list(each)) {
                if (files.findAny().isPresent()) {
                    return;
                }
            }
            Files.deleteIfExists(each);
        }
    }

    /** Whether a file has content that the demo did not bring: a copy of a thing to try is not worth keeping. */
    private static boolean holdsOwnWork(Path root, Path config) throws IOException {
        ImmutableList.Builder<Path> brought = ImmutableList.builder();
        for (String folder : ImmutableList.of(SHIPPED, THINGS_TO_TRY)) {
            if (Files.isDirectory(root.resolve(folder))) {
                brought.addAll(list(root.resolve(folder)));
            }
        }
        for (Path file : list(config)) {
            boolean known = false;
            for (Path other : brought.build()) {
                known |= Files.mismatch(file, other) == -1;
            }
            if (!known) {
                return true;
            }
        }
        return false;
    }

    private static ImmutableList<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().collect(ImmutableList.toImmutableList());
        }
    }
}
