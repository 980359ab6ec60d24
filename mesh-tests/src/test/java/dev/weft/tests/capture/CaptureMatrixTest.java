package dev.weft.tests.capture;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.tests.mesh.Await;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Who is captured and who is not, by what the programs at both ends see: for both backends, both modes and both families. A server says
 * which address its client has, so a connection through the inbound side shows (127.0.0.6, or under TPROXY the client's own while the
 * proxy counted it), and one that the proxy did not count went past it.
 */
final class CaptureMatrixTest {
    private static final String FLAGS = " -d 8081 -x 10.88.0.0/16,fd88::/32 -o 9001 --capture-all-dns";
    private static final Ends V4 =
            new Ends("IPv4", "127.0.0.1", "127.0.0.6", "10.77.0.2", "10.77.0.1", "10.88.0.1", "10.96.0.10");
    private static final Ends V6 = new Ends(
            "IPv6",
            "::1",
            "0:0:0:0:0:0:0:6",
            "fd77:0:0:0:0:0:0:2",
            "fd77:0:0:0:0:0:0:1",
            "fd88:0:0:0:0:0:0:1",
            "fd96:0:0:0:0:0:0:10");

    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static CapturedPod pod;
    private static ProbeProcess proxyUser;
    private static ProbeProcess outside;

    @TempDir
    static Path folder;

    @BeforeAll
    static void makePod() {
        CaptureTools.assume();
        Namespace world = open(Namespace.create("weft-matrix-out"));
        Namespace inner = Namespace.create("weft-matrix-pod");
        Namespace.connect(world, "pod0", inner, "eth0");
        for (Ends ends : List.of(V4, V6)) {
            String length = ends == V4 ? "/24" : "/64";
            world.address("pod0", ends.outside + length);
            world.address("lo", ends.excluded + (ends == V4 ? "/32" : "/128"));
            inner.address("eth0", ends.pod + length);
            inner.ip((ends == V4 ? "-4" : "-6") + " route add default via " + ends.outside);
        }
        pod = open(new CapturedPod(inner));
        proxyUser = open(ProbeProcess.start(inner, CapturedPod.PROXY_USER));
        outside = open(ProbeProcess.start(world, 0));
        serve();
    }

    private static void serve() {
        for (Ends ends : List.of(V4, V6)) {
            for (String host : List.of(ends.outside, ends.excluded)) {
                outside.must("serve " + host + " 9000 world");
                outside.must("serve " + host + " 9001 world");
                outside.must("greet " + host + " 9002 world");
                outside.must("answer " + host + " 53 resolver");
            }
            for (int port : new int[] {8080, 8081, 15_020, 15_021, 15_090}) {
                pod.application().must("serve " + ends.pod + " " + port + " app");
            }
            pod.application().must("greet " + ends.pod + " 8082 app");
            pod.application().must("serve " + ends.loopback + " 8080 local");
            proxyUser.must("answer " + ends.loopback + " 15053 dnsproxy");
            proxyUser.must("serve " + ends.loopback + " 15053 dnsproxy");
        }
    }

    @AfterAll
    static void close() throws Exception {
        for (AutoCloseable open : OPEN.reversed()) {
            open.close();
        }
        OPEN.clear();
    }

    @TestFactory
    Stream<DynamicNode> theMatrix() {
        List<DynamicNode> all = new ArrayList<>();
        for (StaticBootstrap.Mode mode : StaticBootstrap.Mode.values()) {
            List<DynamicNode> ofMode = new ArrayList<>();
            ofMode.add(DynamicTest.dynamicTest(
                    "the proxy starts", () -> pod.restartProxy(StaticBootstrap.write(folder, mode, V4.pod, V6.pod))));
            for (String backend : List.of("nftables", "iptables")) {
                List<DynamicNode> tests = new ArrayList<>();
                tests.add(DynamicTest.dynamicTest("the rules are written", () -> {
                    assertThat(pod.mustCapture("apply --backend " + backend + " -m " + mode + FLAGS))
                            .startsWith("captured by " + backend)
                            .contains("IPv4", "IPv6");
                    pod.mustCapture("check -m " + mode + FLAGS);
                }));
                for (Ends ends : List.of(V4, V6)) {
                    tests.add(DynamicContainer.dynamicContainer(ends.name, probes(ends, mode)));
                }
                ofMode.add(DynamicContainer.dynamicContainer(backend, tests));
            }
            ofMode.add(DynamicTest.dynamicTest("without the proxy nothing passes", () -> nothingPasses(mode)));
            all.add(DynamicContainer.dynamicContainer(mode.name(), ofMode));
        }
        return all.stream();
    }

    private static List<DynamicNode> probes(Ends e, StaticBootstrap.Mode mode) {
        // What the application sees of a client whose connection came through the inbound side.
        String throughProxy = mode == StaticBootstrap.Mode.TPROXY ? e.outside : e.inboundSource;
        List<DynamicNode> probes = new ArrayList<>();
        probe(
                probes,
                "inbound",
                0,
                1,
                () -> outside.run("call " + e.pod + " 8080"),
                "ok app peer=" + throughProxy + " local=" + e.pod + ":8080");
        probe(
                probes,
                "inbound, the server speaks first",
                0,
                1,
                () -> outside.run("listen " + e.pod + " 8082"),
                "ok app peer=" + throughProxy);
        probe(
                probes,
                "inbound, excluded port",
                0,
                0,
                () -> outside.run("call " + e.pod + " 8081"),
                "ok app peer=" + e.outside);
        for (int port : new int[] {15_020, 15_021, 15_090}) {
            probe(
                    probes,
                    "inbound, own port " + port,
                    0,
                    0,
                    () -> outside.run("call " + e.pod + " " + port),
                    "ok app peer=" + e.outside);
        }
        probe(probes, "inbound, nobody listens", 0, 1, () -> outside.run("call " + e.pod + " 8099"), "failed");
        probe(
                probes,
                "inbound, to the proxy's own port",
                0,
                1,
                () -> outside.run("call " + e.pod + " 15006"),
                "failed");
        probe(
                probes,
                "outbound",
                1,
                0,
                () -> pod.application().run("call " + e.outside + " 9000"),
                "ok world peer=" + e.pod);
        probe(
                probes,
                "outbound, the server speaks first",
                1,
                0,
                () -> pod.application().run("listen " + e.outside + " 9002"),
                "ok world peer=" + e.pod);
        probe(
                probes,
                "outbound, excluded range",
                0,
                0,
                () -> pod.application().run("call " + e.excluded + " 9000"),
                "ok world peer=" + e.pod);
        probe(
                probes,
                "outbound, excluded port",
                0,
                0,
                () -> pod.application().run("call " + e.outside + " 9001"),
                "ok world peer=" + e.pod);
        probe(
                probes,
                "outbound, by the proxy's user",
                0,
                0,
                () -> proxyUser.run("call " + e.outside + " 9000"),
                "ok world peer=" + e.pod);
        probe(
                probes,
                "to the proxy's inbound port by lo",
                0,
                1,
                () -> pod.application().run("call " + e.pod + " 15006"),
                "failed");
        probe(
                probes,
                "outbound, dialling the proxy",
                1,
                0,
                () -> pod.application().run("call " + e.loopback + " 15001"),
                "failed");
        probe(probes, "loopback", 0, 0, () -> pod.application().run("call " + e.loopback + " 8080"), "ok local peer=");
        probe(
                probes,
                "to itself by its pod's address",
                0,
                0,
                () -> pod.application().run("call " + e.pod + " 8080"),
                "ok app peer=" + e.pod);
        probe(
                probes,
                "to itself by a service",
                1,
                1,
                () -> pod.application().run("call " + e.service + " 80"),
                mode == StaticBootstrap.Mode.TPROXY ? "ok app peer=" + e.pod : "ok app peer=" + e.inboundSource);
        probe(probes, "names by UDP", 0, 0, () -> pod.application().run("ask " + e.outside + " 53 0"), "ok dnsproxy");
        probe(probes, "names by TCP", 0, 0, () -> pod.application().run("call " + e.outside + " 53"), "ok dnsproxy");
        probe(
                probes,
                "names asked by the proxy's user",
                0,
                0,
                () -> proxyUser.run("ask " + e.outside + " 53 0"),
                "ok resolver peer=" + e.pod);
        probe(
                probes,
                "names asked by both from one port",
                0,
                0,
                () -> {
                    String application = pod.application().run("ask " + e.outside + " 53 5353");
                    return proxyUser.run("ask " + e.outside + " 53 5353") + ", " + application;
                },
                "ok resolver peer=" + e.pod + ", ok dnsproxy");
        probes.add(DynamicTest.dynamicTest("the proxy knows where connections wanted to go", () -> {
            String world = e.outside.contains(":") ? "[" + e.outside + "]:9000" : e.outside + ":9000";
            Await.until(
                    Duration.ofSeconds(5),
                    () -> pod.output().contains("via PassthroughCluster to " + world + " from " + e.pod),
                    () -> "no access log line for " + world + ": " + pod.output());
        }));
        return probes;
    }

    /** A proxy that is not there yet, or no longer, is no way around it. */
    private static void nothingPasses(StaticBootstrap.Mode mode) {
        pod.stopProxy();
        for (String backend : List.of("nftables", "iptables")) {
            pod.mustCapture("apply --backend " + backend + " -m " + mode + FLAGS);

            assertThat(outside.run("call " + V4.pod + " 8080")).as(backend).startsWith("failed");
            assertThat(pod.application().run("call " + V4.outside + " 9000"))
                    .as(backend)
                    .startsWith("failed");
            assertThat(outside.run("call " + V4.pod + " 8081"))
                    .as("a port that is excluded, by " + backend)
                    .startsWith("ok app");
        }
    }

    private static void probe(
            List<DynamicNode> probes, String name, int outbound, int inbound, Supplier<String> call, String answer) {
        probes.add(DynamicTest.dynamicTest(name, () -> {
            long out = pod.taken(15_001);
            long in = pod.taken(15_006);

            String given = call.get();

            assertThat(given).startsWith(answer);
            assertThat(pod.taken(15_001) - out).as("connections taken on 15001").isEqualTo(outbound);
            assertThat(pod.taken(15_006) - in).as("connections taken on 15006").isEqualTo(inbound);
        }));
    }

    private static <T extends AutoCloseable> T open(T resource) {
        OPEN.add(resource);
        return resource;
    }

    /** The addresses of one family, as Java prints them. */
    private record Ends(
            String name,
            String loopback,
            String inboundSource,
            String pod,
            String outside,
            String excluded,
            String service) {}
}
