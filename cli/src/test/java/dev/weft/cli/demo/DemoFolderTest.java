package dev.weft.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.cli.control.RunningDemos;
import dev.weft.cli.output.Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DemoFolderTest {
    private static final Path SHIPPED =
            Path.of(System.getProperty("basedir", ".")).resolve("../examples/bookstore");

    @TempDir
    private Path temp;

    @Test
    void everyPortOfADemoIsItsOwnAndStaysInItsSpan() {
        var ports = new DemoPorts(20_000).all();

        assertThat(new HashSet<>(ports)).hasSameSizeAs(ports);
        assertThat(ports).allMatch(port -> port >= 20_000 && port < 20_000 + DemoPorts.SPAN);
    }

    @Test
    void shippedYamlNamesThePortsThatTheProgramsGet() throws IOException {
        String sidecars = Files.readString(SHIPPED.resolve("config/sidecars.yaml"));
        String workloads = Files.readString(SHIPPED.resolve("config/workloads.yaml"));
        DemoPorts ports = new DemoPorts(DemoPorts.SHIPPED_BASE);

        for (Program program : Program.values()) {
            assertThat(sidecars)
                    .contains("number: " + ports.inbound(program))
                    .contains("127.0.0.1:" + ports.app(program));
            assertThat(workloads).contains("name: " + program.workloadName()).contains(": " + ports.inbound(program));
        }
        assertThat(new DemoPorts(19_000).shift("number: 18034, host: x:9080, y: 118034"))
                .isEqualTo("number: 19034, host: x:9080, y: 118034");
    }

    @Test
    void takenPortIsNamed() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), 0));
            DemoPorts ports = new DemoPorts(socket.getLocalPort());

            assertThat(ports.taken()).hasValue(socket.getLocalPort());
        }
    }

    @Test
    void folderIsTheLockAndGoesAwayWithItsParents() {
        Path home = temp.resolve(".weft").resolve("demo");
        DemoFolder folder = create(home, Optional.empty());

        assertThat(folder.config().resolve("routing.yaml")).exists();
        assertThat(folder.thingsToTry().resolve("split-90-10.yaml")).exists();
        assertThatThrownBy(() -> create(home, Optional.empty()))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("port base 20000 runs already");
        assertThat(folder.remove()).isEmpty();
        assertThat(temp.resolve(".weft")).doesNotExist();
    }

    @Test
    void editedConfigIsKeptAsideUnlessItOnlyHoldsThingsToTry() throws IOException {
        DemoFolder folder = create(temp.resolve("demo"), Optional.empty());
        folder.edit("routing.yaml", folder.read(folder.thingsToTry().resolve("split-90-10.yaml")));
        assertThat(folder.remove()).isEmpty();
        folder = create(temp.resolve("demo"), Optional.empty());
        folder.edit("routing.yaml", "# mine");

        Path kept = folder.remove().orElseThrow();

        assertThat(kept.resolve("routing.yaml")).hasContent("# mine");
        try (Stream<Path> left = Files.list(temp.resolve("demo"))) {
            assertThat(left).containsExactly(kept);
        }
    }

    @Test
    void configFolderOfTheUserIsFilledOnlyIfEmptyAndNeverRemoved() throws IOException {
        Path mine = Files.createDirectories(temp.resolve("mine"));
        Files.writeString(mine.resolve("only.yaml"), "# mine");

        DemoFolder folder = create(temp.resolve("demo"), Optional.of(mine));
        folder.remove();

        try (Stream<Path> files = Files.list(mine)) {
            assertThat(files.map(file -> file.getFileName().toString())).containsExactly("only.yaml");
        }
        Path empty = temp.resolve("empty");
        create(temp.resolve("demo"), Optional.of(empty)).remove();
        assertThat(empty.resolve("routing.yaml")).exists();
    }

    @Test
    void announcedDemoIsFoundAndOneWhoseSupervisorIsGoneIsNotAlive() throws Exception {
        Path home = temp.resolve("demo");
        DemoFolder folder = create(home, Optional.empty());
        RunningDemos demos = new RunningDemos(home);

        folder.announce(ProcessHandle.current(), 20_009);
        assertThat(demos.theOne().alive()).isTrue();
        assertThat(demos.theOne().http().getPort()).isEqualTo(20_009);

        Process gone = new ProcessBuilder("sleep", "60").start();
        folder.announce(gone.toHandle(), 20_009);
        gone.destroyForcibly().waitFor();
        assertThat(demos.find(20_000).orElseThrow().alive()).isFalse();
        assertThatThrownBy(demos::theOne).hasMessageContaining("no demo runs");
    }

    @Test
    void stoppedChildrenAreGoneAndOneThatIgnoresTheRequestIsForced() throws Exception {
        Children children = new Children(temp.resolve("children"));
        children.startWatchdog(temp);
        Child quiet = children.start(spec("quiet", "exec sleep 60"));
        Child stubborn = children.start(spec("stubborn", "trap '' TERM; while :; do sleep 1; done"));
        assertThat(Files.readString(temp.resolve("children"))).contains(quiet.pid() + " quiet");

        children.stopAll();

        assertThat(quiet.alive()).isFalse();
        assertThat(stubborn.alive()).isFalse();
        assertThat(temp.resolve("children")).doesNotExist();
        assertThat(temp).isDirectory();
    }

    @Test
    void leftoversOfADeadSupervisorAreEndedAndRemoved() throws Exception {
        Path home = temp.resolve("demo");
        DemoFolder folder = create(home, Optional.empty());
        Children children = new Children(folder.children());
        Child left = children.start(spec("left", "exec sleep 60"));
        Process gone = new ProcessBuilder("sleep", "60").start();
        folder.announce(gone.toHandle(), 20_009);
        gone.destroyForcibly().waitFor();

        DemoStop.stop(new RunningDemos(home).find(20_000).orElseThrow());

        assertThat(left.awaitEnd(Duration.ofSeconds(5))).isTrue();
        assertThat(folder.root()).doesNotExist();
    }

    private Child.Spec spec(String name, String script) {
        return new Child.Spec(
                name, ImmutableList.of("/bin/sh", "-c", script), ImmutableMap.of(), temp.resolve(name + ".log"));
    }

    private DemoFolder create(Path home, Optional<Path> config) {
        return DemoFolder.create(home, new DemoPorts(20_000), SHIPPED, config);
    }
}
