package dev.weft.tests.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The project's own Kubernetes on this machine: the scripts of {@code mesh-tests/cluster}. Leaves one alone that was up before. */
final class LocalCluster {
    // Programs that are not built yet are built by up: several minutes.
    private static final Duration UP = Duration.ofMinutes(15);
    private static final Duration REST = Duration.ofMinutes(3);

    private static final String RESTART = """
            set -eu
            cd "$1"
            pid=$(cat "run/$2.pid")
            mapfile -d '' -t command <"/proc/$pid/cmdline"
            home=$(readlink "/proc/$pid/cwd")
            kill "$pid"
            while [ -d "/proc/$pid" ] && ! grep -q '^State:.Z' "/proc/$pid/status"; do sleep 0.1; done
            cd "$home"
            setsid nsenter --net=/run/netns/weftkube "${command[@]}" >>"$1/log/$2.log" 2>&1 </dev/null &
            echo $! >"$1/run/$2.pid"
            """;

    private final Path scripts;
    private final Path kubeconfig;
    private final boolean ours;

    private LocalCluster(Path scripts, Path kubeconfig, boolean ours) {
        this.scripts = scripts;
        this.kubeconfig = kubeconfig;
        this.ours = ours;
    }

    /** @throws AssertionError with the script's reason where this machine cannot have a cluster */
    static LocalCluster up(Path scripts) {
        Path state = Path.of(System.getenv().getOrDefault("WEFT_CLUSTER_STATE", "/var/tmp/weft-cluster"));
        boolean before = Files.exists(state.resolve("ready"));
        Outcome outcome = Command.run(List.of(scripts.resolve("up").toString()), Map.of(), "", UP);
        if (!outcome.succeeded()) {
            throw new AssertionError("the test cluster does not start: " + outcome.err());
        }
        return new LocalCluster(scripts, Path.of(outcome.out().strip()), !before);
    }

    Path kubeconfig() {
        return kubeconfig;
    }

    Path kubectl() {
        return kubeconfig.resolveSibling("kubectl");
    }

    /** Brings images in. */
    void load(List<Path> archives) {
        List<String> command = new ArrayList<>(List.of(scripts.resolve("load").toString()));
        archives.forEach(archive -> command.add(archive.toString()));
        Outcome outcome = Command.run(command, Map.of(), "", REST);
        if (!outcome.succeeded()) {
            throw new AssertionError("images do not load: " + outcome.err());
        }
    }

    /** A folder with the definitions of the Gateway API. */
    String gatewayApi() {
        return path("gateway-api");
    }

    /** The program helm. */
    Path helm() {
        return Path.of(path("helm"));
    }

    private String path(String script) {
        Outcome outcome = Command.run(List.of(scripts.resolve(script).toString()), Map.of(), "", UP);
        if (!outcome.succeeded()) {
            throw new AssertionError("mesh-tests/cluster/" + script + " failed: " + outcome.err());
        }
        return outcome.out().strip();
    }

    /** Sends a signal to a part of the cluster, such as {@code apiserver} or {@code kubelet}. */
    void signal(String part, String signal) {
        Path pid = kubeconfig.resolveSibling("run").resolve(part + ".pid");
        Outcome outcome =
                Command.run(List.of("sh", "-c", "kill -" + signal + " \"$(cat '" + pid + "')\""), Map.of(), "", REST);
        if (!outcome.succeeded()) {
            throw new AssertionError("cannot signal " + part + ": " + outcome.err());
        }
    }

    /** Ends a part of the cluster in order, which takes the API server a minute, and starts it again, with the same arguments. Returns when it has been started. */
    void restart(String part) {
        Path state = kubeconfig.getParent();
        Outcome outcome =
                Command.run(List.of("bash", "-c", RESTART, "restart", state.toString(), part), Map.of(), "", REST);
        if (!outcome.succeeded()) {
            throw new AssertionError("cannot restart " + part + ": " + outcome.err());
        }
    }

    /** Makes the store forget every state before this one, as it does by itself after some minutes. */
    void compact(String revision) {
        Outcome outcome = Command.run(
                List.of(
                        "nsenter",
                        "--net=/run/netns/weftkube",
                        "curl",
                        "-sSf",
                        "http://127.0.0.1:12379/v3/kv/compaction",
                        "-d",
                        "{\"revision\": \"" + revision + "\"}"),
                Map.of(),
                "",
                REST);
        if (!outcome.succeeded()) {
            throw new AssertionError("the store does not forget: " + outcome.err());
        }
    }

    void down() {
        if (ours) {
            Outcome outcome = Command.run(List.of(scripts.resolve("down").toString()), Map.of(), "", REST);
            if (!outcome.succeeded()) {
                throw new AssertionError("the test cluster does not end: " + outcome.err());
            }
        }
    }
}
