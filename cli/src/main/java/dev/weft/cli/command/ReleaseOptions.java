package dev.weft.cli.command;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.cli.cluster.Cluster;
import dev.weft.cli.cluster.MeshReader;
import dev.weft.cli.cluster.Rollout;
import dev.weft.cli.helm.HelmEngine;
import dev.weft.cli.helm.HelmEngine.Request;
import dev.weft.cli.output.Console;
import dev.weft.cli.output.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What {@code install} and {@code upgrade} share: the charts, their values, how long to wait. Filled by picocli before a command runs. */
final class ReleaseOptions {
    static final String BASE = "weft-base";
    static final String CONTROL = "weft";
    static final String GATEWAY = "weft-gateway";
    /** What the chart of the gateway takes from the same flags as the control plane's. */
    private static final ImmutableList<String> SHARED =
            ImmutableList.of("image.", "trustDomain", "clusterId", "network", "meshId");

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "a value of the chart weft, as helm --set; may be repeated")
    List<String> set = new ArrayList<>();

    @Option(
            names = {"-f", "--values"},
            paramLabel = "FILE",
            description = "values of the chart weft; may be repeated")
    List<Path> files = new ArrayList<>();

    @Mixin
    private ChartsOption charts = new ChartsOption();

    @Option(
            names = "--gateway",
            paramLabel = "NAME",
            defaultValue = "",
            description = "also a gateway of this name, in the namespace of the mesh")
    String gateway = "";

    @Option(
            names = "--gateway-set",
            paramLabel = "KEY=VALUE",
            description = "a value of the chart weft-gateway, such as service.type=NodePort; may be repeated")
    List<String> gatewaySet = new ArrayList<>();

    @Option(
            names = "--wait",
            paramLabel = "SECONDS",
            defaultValue = "180",
            description = "how long to wait until it is ready; 0 does not (default: ${DEFAULT-VALUE})")
    int waitSeconds = 180;

    /** Waits until the release of the control plane is ready and its webhooks can be called; says meanwhile what delays it. */
    void awaitControl(Options options, Console console) throws InterruptedException {
        if (waitSeconds > 0) {
            Cluster cluster = options.cluster.cluster(options.timeout());
            Rollout rollout = rollout(cluster, console);
            rollout.ready(cluster.mesh().control());
            rollout.trusted(new MeshReader(cluster, options.timeout()));
        }
    }

    void awaitGateway(Options options, Console console) throws InterruptedException {
        if (waitSeconds > 0) {
            rollout(options.cluster.cluster(options.timeout()), console).ready(gateway);
        }
    }

    private Rollout rollout(Cluster cluster, Console console) {
        return new Rollout(cluster, Duration.ofSeconds(waitSeconds), trouble -> console.warn("waiting: " + trouble));
    }

    HelmEngine engine(String namespace) {
        return charts.engine(System.getenv(), namespace);
    }

    /** @param exclude definitions that are there and not ours: they replace those of an earlier release */
    Request base(ImmutableList<String> exclude) {
        ImmutableMap<String, String> values =
                ImmutableMap.of("crds.exclude", exclude.isEmpty() ? "null" : "{" + String.join(",", exclude) + "}");
        return new Request(BASE, BASE, values, ImmutableList.of());
    }

    Request control(ClusterOptions cluster) {
        Map<String, String> values = new LinkedHashMap<>(values(set, "--set"));
        String suffix = cluster.mesh().suffix();
        if (!suffix.isEmpty()) {
            values.put("revision", cluster.revision);
        }
        return new Request(CONTROL + suffix, CONTROL, ImmutableMap.copyOf(values), readable());
    }

    Request gateway(ClusterOptions cluster) {
        Map<String, String> values = new LinkedHashMap<>();
        values(set, "--set").forEach((key, value) -> {
            if (SHARED.stream().anyMatch(key::startsWith)) {
                values.put(key, value);
            }
        });
        values.putAll(values(gatewaySet, "--gateway-set"));
        values.put("control.namespace", cluster.meshNamespace);
        if (!cluster.mesh().suffix().isEmpty()) {
            values.put("control.revision", cluster.revision);
        }
        return new Request(gateway, GATEWAY, ImmutableMap.copyOf(values), ImmutableList.of());
    }

    private static ImmutableMap<String, String> values(List<String> flags, String name) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String each : flags) {
            List<String> parts = Splitter.on('=').limit(2).splitToList(each);
            if (parts.size() < 2 || parts.getFirst().isEmpty()) {
                throw Failure.wrongQuestion("cannot use " + name + " " + each, "expected KEY=VALUE", "");
            }
            values.put(parts.get(0), parts.get(1));
        }
        return ImmutableMap.copyOf(values);
    }

    private ImmutableList<Path> readable() {
        for (Path file : files) {
            try (var in = Files.newInputStream(file)) {
                in.read();
            } catch (IOException e) {
                throw Failure.wrongQuestion("cannot read " + file, e.toString(), "")
                        .causedBy(e);
            }
        }
        return ImmutableList.copyOf(files);
    }
}
