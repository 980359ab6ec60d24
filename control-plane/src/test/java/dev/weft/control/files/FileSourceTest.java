package dev.weft.control.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.control.Await;
import dev.weft.control.source.SourceState;
import dev.weft.resources.Problem;
import dev.weft.resources.Resource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSourceTest {
    @TempDir
    Path directory;

    private final List<SourceState> states = new CopyOnWriteArrayList<>();
    private FileSource source;

    private static String service(String name) {
        return "apiVersion: v1\nkind: Service\nmetadata: {name: " + name + ", namespace: shop}\n"
                + "spec:\n  selector: {app: " + name + "}\n  ports: [{name: http, port: 80}]\n";
    }

    private Path write(String file, String text) throws IOException {
        return Files.writeString(directory.resolve(file), text);
    }

    private void start() {
        source = new FileSource(directory, InstantSource.system());
        source.start(states::add);
    }

    @AfterEach
    void close() {
        if (source != null) {
            source.close();
        }
    }

    private void await(Predicate<SourceState> wanted) throws InterruptedException {
        Await.until(() -> "last state: " + states.getLast(), () -> wanted.test(states.getLast()));
    }

    private static List<String> names(SourceState state) {
        return state.resources().stream()
                .map(resource -> resource.meta().name())
                .toList();
    }

    private void awaitNames(String... names) throws InterruptedException {
        await(state -> names(state).equals(List.of(names)));
    }

    @Test
    void deliversWhatIsThereBeforeItReturns() throws Exception {
        write("a.yaml", service("a"));
        Files.createDirectory(directory.resolve("sub"));
        write("sub/b.yml", service("b"));

        start();

        assertThat(names(states.getFirst())).containsExactly("a", "b");
    }

    @Test
    void ignoresWhatEditorsLeaveBehind() throws Exception {
        for (String name : List.of(".a.yaml", ".a.yaml.swp", "a.yaml~", "#a.yaml#", "notes.txt")) {
            write(name, service("x"));
        }

        start();

        assertThat(states.getFirst()).isEqualTo(SourceState.EMPTY);
    }

    @Test
    void seesAnEditADeletionAndANewFile() throws Exception {
        Path first = write("a.yaml", service("a"));
        start();

        write("b.yaml", service("b"));
        awaitNames("a", "b");
        write("a.yaml", service("c"));
        awaitNames("b", "c");
        Files.delete(first);
        awaitNames("b");
    }

    @Test
    void seesAFileThatIsRenamedOverAnother() throws Exception {
        write("a.yaml", service("a"));
        start();

        Path fresh = write("a.yaml.tmp", service("z"));
        Files.move(fresh, directory.resolve("a.yaml"), StandardCopyOption.ATOMIC_MOVE);

        awaitNames("z");
    }

    @Test
    void seesADirectoryThatAppears() throws Exception {
        start();

        Files.createDirectory(directory.resolve("later"));
        write("later/a.yaml", service("a"));

        awaitNames("a");
    }

    @Test
    void seesALinkThatIsSwapped() throws Exception {
        Path one = Files.createDirectory(directory.resolve("..1"));
        Path two = Files.createDirectory(directory.resolve("..2"));
        Files.writeString(one.resolve("a.yaml"), service("a"));
        Files.writeString(two.resolve("a.yaml"), service("b"));
        Path data = Files.createSymbolicLink(directory.resolve("..data"), Path.of("..1"));
        Files.createSymbolicLink(directory.resolve("a.yaml"), Path.of("..data/a.yaml"));
        start();
        assertThat(names(states.getFirst())).containsExactly("a");

        Path fresh = Files.createSymbolicLink(directory.resolve("..data_new"), Path.of("..2"));
        Files.move(fresh, data, StandardCopyOption.ATOMIC_MOVE);

        awaitNames("b");
    }

    @Test
    void keepsTheLastValidVersionOfABrokenFileAndNamesTheLine() throws Exception {
        write("a.yaml", service("a"));
        start();

        write("a.yaml", service("a").replace("port: 80", "port: eighty"));
        await(state -> !state.problems().isEmpty());

        assertThat(names(states.getLast())).containsExactly("a");
        Problem problem = states.getLast().problems().getFirst();
        assertThat(problem.location().file()).isEqualTo("a.yaml");
        assertThat(problem.location().line()).isEqualTo(6);
        assertThat(problem.effect()).isEqualTo(Problem.Effect.LAST_VALID_KEPT);

        write("a.yaml", service("a"));
        await(state -> state.problems().isEmpty());
    }

    @Test
    void keepsWhatAnEmptiedFileHeld() throws Exception {
        write("a.yaml", service("a"));
        start();

        write("a.yaml", "");
        await(state -> !state.problems().isEmpty());

        assertThat(names(states.getLast())).containsExactly("a");
    }

    @Test
    void reportsAFileItMayNotReadUntilItMay() throws Exception {
        Path file = write("a.yaml", service("a"));
        start();
        Path broken = write("b.yaml", "x");
        Files.write(broken, new byte[] {(byte) 0xff, (byte) 0xfe, 0x00});
        await(state ->
                state.problems().stream().anyMatch(problem -> problem.message().contains("UTF-8")));

        Files.writeString(broken, service("b"));
        awaitNames("a", "b");
        assertThat(file).exists();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .startsWith("rw");
    }

    @Test
    void keepsEverythingWhileTheDirectoryIsAway() throws Exception {
        Path inner = Files.createDirectory(directory.resolve("mesh"));
        Files.writeString(inner.resolve("a.yaml"), service("a"));
        source = new FileSource(inner, InstantSource.system());
        source.start(states::add);

        Path away = directory.resolve("away");
        Files.move(inner, away);
        Files.writeString(away.resolve("b.yaml"), service("b"));
        Files.move(away, inner);

        awaitNames("a", "b");
        assertThat(states.stream().map(SourceState::resources).filter(List::isEmpty))
                .isEmpty();
    }

    @Test
    void doesNotReportAFileThatWasOnlyTouched() throws Exception {
        Path file = write("a.yaml", service("a"));
        start();

        Files.setLastModifiedTime(file, java.nio.file.attribute.FileTime.fromMillis(0));
        write("b.yaml", service("b"));
        awaitNames("a", "b");

        assertThat(states).hasSize(2);
    }

    @Test
    void refusesADirectoryThatDoesNotExist() {
        source = new FileSource(directory.resolve("nowhere"), InstantSource.system());

        assertThatThrownBy(() -> source.start(states::add))
                .isInstanceOf(java.io.UncheckedIOException.class)
                .hasMessageContaining("nowhere");
    }

    @Test
    void namesResourcesOnce() throws Exception {
        write("a.yaml", service("a"));
        write("b.yaml", service("a"));

        start();

        assertThat(states.getFirst().resources()).extracting(Resource::key).hasSize(1);
        assertThat(states.getFirst().problems()).hasSize(1);
    }
}
