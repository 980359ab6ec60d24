package dev.weft.cli.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.cli.bootstrap.PrivateFiles;
import dev.weft.cli.bootstrap.SidecarBootstrap;
import dev.weft.cli.bootstrap.SidecarSettings;
import dev.weft.cli.bootstrap.TokenMint;
import dev.weft.cli.control.ControlPlane;
import dev.weft.cli.output.Failure;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * The mesh of one demo: a control plane on a folder of YAML, the programs of the bookstore, a sidecar for each, and the traffic. Starts
 * them in the order that their files need, renews their credentials, and ends them. Used by one thread, but {@link #stop} may come from
 * another.
 */
final class DemoMesh {
    static final String CONTROL = "control";

    private static final Duration START_LIMIT = Duration.ofSeconds(60);
    private static final Duration CALL_LIMIT = Duration.ofSeconds(3);
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final Path weftHome;
    private final DemoFolder folder;
    private final DemoPorts ports;
    private final int rps;
    private final Children children;
    private final ScheduledExecutorService renewal = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("token-renewal").daemon().factory());

    /**
     * @param weftHome the project's root, or a distribution's
     * @param rps requests a second of the traffic generator
     */
    DemoMesh(Path weftHome, DemoFolder folder, DemoPorts ports, int rps) {
        this.weftHome = weftHome;
        this.folder = folder;
        this.ports = ports;
        this.rps = rps;
        this.children = new Children(folder.children());
    }

    DemoFolder folder() {
        return folder;
    }

    DemoPorts ports() {
        return ports;
    }

    ControlPlane control() {
        return new ControlPlane(URI.create("http://127.0.0.1:" + ports.http()), CALL_LIMIT);
    }

    /** A program's own port. */
    ControlPlane app(Program program) {
        return new ControlPlane(URI.create("http://127.0.0.1:" + ports.app(program)), CALL_LIMIT);
    }

    ControlPlane admin(Program program) {
        return new ControlPlane(URI.create("http://127.0.0.1:" + ports.admin(program)), CALL_LIMIT);
    }

    void startWatchdog() {
        children.startWatchdog(folder.root());
        folder.announce(ProcessHandle.current(), ports.http());
    }

    /** The programs need nothing of the mesh to start, and the traffic waits for the first page by itself. */
    void startPrograms() {
        for (Program program : Program.values()) {
            startProgram(program);
        }
    }

    void startControl() {
        start(
                CONTROL,
                ImmutableList.of(
                        launcher("weft-control"),
                        "--files",
                        folder.config().toString(),
                        "--state",
                        folder.control().toString(),
                        "--xds-port",
                        String.valueOf(ports.xds()),
                        "--http-port",
                        String.valueOf(ports.http())));
    }

    void awaitControl() throws InterruptedException {
        await(
                CONTROL,
                "the control plane",
                () -> Files.isRegularFile(rootCertificate()) && control().answers("/ready"));
    }

    /** Needs the control plane's root certificate and its key for tokens. */
    void startSidecars() {
        TokenMint mint = TokenMint.open(folder.control().resolve("token-key.pem"), InstantSource.system());
        for (Program program : Program.values()) {
            SidecarSettings settings = settings(program);
            PrivateFiles.replace(settings.token(), mint.mint(program.workload()));
            Path bootstrap = folder.sidecar(program).resolve("bootstrap.json");
            PrivateFiles.replace(
                    bootstrap,
                    SidecarBootstrap.of(program.workload(), settings, SidecarBootstrap.Reader.WEFT)
                            .toPrettyString());
            start(sidecarName(program), ImmutableList.of(launcher("weft-proxy"), "-c", bootstrap.toString()));
        }
        long third = TokenMint.LIFETIME.toSeconds() / 3;
        renewal.scheduleAtFixedRate(() -> renew(mint), third, third, TimeUnit.SECONDS);
    }

    private void renew(TokenMint mint) {
        for (Program program : Program.values()) {
            PrivateFiles.replace(settings(program).token(), mint.mint(program.workload()));
        }
    }

    void awaitSidecars() throws InterruptedException {
        for (Program program : Program.values()) {
            await(
                    sidecarName(program),
                    "the sidecar of " + program.workloadName(),
                    () -> admin(program).answers("/ready"));
        }
    }

    /** Until a page came back with all its parts. */
    void awaitTraffic() throws InterruptedException {
        await(
                Program.TRAFFIC.workloadName(),
                "the first whole page",
                () -> counters().path("whole").asLong() > 0);
    }

    /** What the traffic generator counts; empty while it cannot be asked. */
    JsonNode counters() {
        try {
            return app(Program.TRAFFIC).json("/counters");
        } catch (Failure e) {
            return MAPPER.createObjectNode();
        }
    }

    /** Programs and sidecars that ended by themselves since the last call. */
    ImmutableList<Child> takeEnded() {
        return children.takeEnded();
    }

    void killControl() throws InterruptedException {
        children.kill(CONTROL);
    }

    /** Ends every process and removes the folder; the answer is where an edited config folder was kept. */
    Optional<Path> stop() throws InterruptedException {
        renewal.shutdownNow();
        children.stopAll();
        return folder.remove();
    }

    static String sidecarName(Program program) {
        return program.workloadName() + "-sidecar";
    }

    private SidecarSettings settings(Program program) {
        return new SidecarSettings(
                new SidecarSettings.Ports(
                        ports.admin(program),
                        OptionalInt.of(ports.httpProxy(program)),
                        OptionalInt.of(ports.status(program))),
                ports.xds(),
                rootCertificate(),
                folder.sidecar(program),
                Program.TRUST_DOMAIN);
    }

    private Path rootCertificate() {
        return folder.control().resolve("ca").resolve("root-cert.pem");
    }

    private void startProgram(Program program) {
        start(
                program.workloadName(),
                ImmutableList.<String>builder()
                        .add(launcher("weft-bookstore"))
                        .addAll(program.arguments(ports, rps))
                        .build());
    }

    private String launcher(String name) {
        return weftHome.resolve("bin").resolve(name).toString();
    }

    private void start(String name, ImmutableList<String> command) {
        children.start(new Child.Spec(name, command, ImmutableMap.of(), folder.log(name)));
    }

    private interface Condition {
        boolean holds() throws IOException;
    }

    private void await(String childName, String what, Condition condition) throws InterruptedException {
        boolean came = Await.until(START_LIMIT, () -> {
            children.find(childName).filter(child -> !child.alive()).ifPresent(child -> {
                throw Failure.notFine(
                        what + " ended with exit code " + child.exitValue(),
                        child.logTail(),
                        "see " + folder.log(childName));
            });
            try {
                return condition.holds();
            } catch (IOException e) {
                return false;
            }
        });
        if (!came) {
            throw Failure.noAnswer(
                    what + " was not there after " + START_LIMIT.toSeconds() + " s",
                    children.find(childName).map(Child::logTail).orElse(""),
                    "see " + folder.log(childName));
        }
    }
}
