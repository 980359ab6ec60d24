package dev.weft.tests.mesh;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.common.io.Resources;
import dev.weft.cli.bootstrap.SidecarBootstrap;
import dev.weft.cli.bootstrap.Workload;
import dev.weft.control.ControlPlaneApp;
import dev.weft.control.ControlPlaneOptions;
import dev.weft.proxy.ProxyApp;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.opentest4j.TestAbortedException;

/**
 * A whole mesh in this process: the world of {@code istio-behaviour}, a control plane that reads it from a temporary folder, a sidecar for
 * each workload that has one, and the origins behind them. Each mesh has loopback addresses of its own, so that several can run beside
 * each other with the same ports. Used by one test thread.
 */
public final class TestMesh implements AutoCloseable {
    private static final Duration LIVE = Duration.ofSeconds(10);
    private static final Duration PROBE = Duration.ofSeconds(1);
    private static final ImmutableList<String> ORIGINS =
            ImmutableList.of("a1", "a2", "b", "plain", "legacy", "ext", "ext2");
    private static final ImmutableList<String> CALLERS = ImmutableList.of("client", "stranger");
    private static final Pattern PORT = Pattern.compile("\\{\\{port:([a-z0-9]+)}}");
    private static final AtomicInteger MESHES = new AtomicInteger();

    private final Path folder;
    private final Path files;
    private final Path state;
    private final String network;
    private final Origins origins = new Origins(ORIGINS);
    private final ImmutableMap<String, MeshObject> world;
    private final Map<String, ProxyApp> proxies = new LinkedHashMap<>();
    private final ControlApi api = new ControlApi(() -> httpPort());
    private Optional<ControlPlaneApp> control = Optional.empty();
    private int xdsPort;
    private int barrier;

    private TestMesh() throws IOException {
        folder = Files.createTempDirectory("weft-mesh");
        files = Files.createDirectory(folder.resolve("files"));
        state = folder.resolve("state");
        long pid = ProcessHandle.current().pid();
        network = "127." + (2 + pid % 250) + "." + (pid / 250 + MESHES.getAndIncrement()) % 250 + ".";
        ImmutableMap.Builder<String, MeshObject> objects = ImmutableMap.builder();
        for (MeshObject object : parse(
                Resources.toString(Resources.getResource("istio-behaviour/world.yaml"), StandardCharsets.UTF_8))) {
            objects.put(object.key(), object);
        }
        world = objects.buildOrThrow();
    }

    public static TestMesh start() {
        return start(bootstrap -> {});
    }

    /** @param change edits each sidecar's bootstrap before it is read */
    public static TestMesh start(Consumer<ObjectNode> change) {
        try {
            TestMesh mesh = new TestMesh();
            try {
                mesh.assumePort80();
                mesh.write(ImmutableList.of());
                mesh.startControlPlane();
                mesh.startSidecars(change);
                mesh.apply(ImmutableList.of());
                return mesh;
            } catch (RuntimeException | Error e) {
                mesh.close();
                throw e;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The world's callers listen on port 80, which some systems keep from ordinary users. */
    private void assumePort80() throws IOException {
        try (ServerSocket probe = new ServerSocket()) {
            probe.bind(new InetSocketAddress(network + "1", 80));
        } catch (BindException e) {
            String reason = "skipped: this user may not listen on port 80 (net.ipv4.ip_unprivileged_port_start): " + e;
            System.out.println(reason);
            throw new TestAbortedException(reason, e);
        }
    }

    /** Starts the control plane on the port it had before, if it had one. */
    public void startControlPlane() {
        ControlPlaneApp app =
                ControlPlaneApp.start(ControlPlaneOptions.onFiles(files, state, xdsPort, 0), InstantSource.system());
        xdsPort = app.xdsPort();
        control = Optional.of(app);
    }

    public void stopControlPlane() {
        control.orElseThrow().close();
        control = Optional.empty();
    }

    private void startSidecars(Consumer<ObjectNode> change) {
        Sidecars sidecars = new Sidecars(folder, state, xdsPort, change);
        for (MeshObject object : world.values()) {
            if (object.kind().equals("WorkloadEntry")) {
                Workload workload = Sidecars.workload(object.tree());
                if ("istio".equals(workload.labels().get("security.istio.io/tlsMode"))) {
                    proxies.put(workload.name(), sidecars.start(workload));
                }
            }
        }
        Await.until(LIVE, () -> proxies.values().stream().allMatch(ProxyApp::isReady), () -> "ready: " + status());
    }

    /**
     * Starts a gateway, alone at an address of its own. What it does, the rules say.
     *
     * @param host last part of its address
     */
    public void startGateway(Workload gateway, int host) {
        Workload placed = new Workload(
                gateway.name(), gateway.namespace(), gateway.serviceAccount(), network + host, gateway.labels());
        Sidecars starter = new Sidecars(folder, state, xdsPort, bootstrap -> {});
        proxies.put(placed.name(), starter.start(placed, SidecarBootstrap.Role.GATEWAY));
        Await.until(LIVE, proxy(placed.name())::isReady, () -> "ready: " + status());
    }

    /** Objects of {@code yaml} with this mesh's addresses and its origins' ports. */
    public ImmutableList<MeshObject> parse(String yaml) {
        Matcher ports = PORT.matcher(yaml.replace("127.1.0.", network));
        return MeshObject.parse(ports.replaceAll(port -> String.valueOf(origins.port(port.group(1)))));
    }

    public void apply(String yaml) {
        apply(parse(yaml));
    }

    /** Adds these to the world, or puts them in the place of what it holds, and returns when every proxy has taken them. */
    public void apply(Iterable<MeshObject> rules) {
        write(rules);
        awaitLive();
    }

    /** Like {@link #apply}, without the wait. */
    public void write(Iterable<MeshObject> rules) {
        Map<String, MeshObject> objects = new LinkedHashMap<>(world);
        rules.forEach(object -> objects.put(object.key(), object));
        barrier++;
        String text = String.join(
                        "\n---\n",
                        objects.values().stream().map(MeshObject::text).toList())
                + "\n---\n" + """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: barrier, namespace: default}
                spec:
                  hosts: [barrier-%1$d.example]
                  http: [{directResponse: {status: 200, body: {string: "%1$d"}}}]
                """.formatted(barrier);
        writeFile("mesh.yaml", text);
    }

    /** Puts a file into the folder that the control plane watches, at once and whole. */
    public Path writeFile(String name, String text) {
        try {
            Path draft = Files.writeString(folder.resolve(name + ".draft"), text);
            return Files.move(draft, files.resolve(name), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns when callers answer by the last rules and no proxy has something left to take. */
    public void awaitLive() {
        String number = String.valueOf(barrier);
        RawClient.Request probe = RawClient.Request.get("barrier-" + number + ".example", "/");
        for (String caller : CALLERS) {
            Await.until(
                    LIVE,
                    () -> RawClient.send(outbound(caller, 80), probe, PROBE)
                            .body()
                            .equals(number),
                    () -> "barrier " + number + " at " + caller + ": " + status());
        }
        Await.until(LIVE, () -> api.synced(proxies.size()), () -> "synced: " + status());
    }

    private String status() {
        return api.status().toPrettyString();
    }

    /** Where the sidecar of {@code workload} listens for its own program. */
    public InetSocketAddress outbound(String workload, int port) {
        return new InetSocketAddress(address(workload), port);
    }

    /** Where others reach {@code workload}. */
    public InetSocketAddress inbound(String workload, String portName) {
        int port = switch (portName) {
            case "http" -> 9080;
            case "http-alt" -> 9081;
            case "tcp" -> 9100;
            default -> throw new IllegalArgumentException("no port " + portName);
        };
        return new InetSocketAddress(address(workload), port);
    }

    private String address(String workload) {
        return Splitter.on('~')
                .splitToList(proxy(workload).bootstrap().node().id())
                .get(1);
    }

    public ProxyApp proxy(String workload) {
        ProxyApp proxy = proxies.get(workload);
        if (proxy == null) {
            throw new IllegalArgumentException("no sidecar " + workload + " among " + proxies.keySet());
        }
        return proxy;
    }

    public Origins origins() {
        return origins;
    }

    public ControlApi api() {
        return api;
    }

    private int httpPort() {
        return control.orElseThrow().httpPort();
    }

    @Override
    public void close() {
        proxies.values().forEach(ProxyApp::close);
        control.ifPresent(ControlPlaneApp::close);
        api.close();
        origins.close();
        try {
            MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
