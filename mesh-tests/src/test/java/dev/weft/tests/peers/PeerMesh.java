package dev.weft.tests.peers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import com.google.common.io.Resources;
import dev.weft.cli.command.Meshctl;
import dev.weft.control.ControlPlaneApp;
import dev.weft.control.ControlPlaneOptions;
import dev.weft.proxy.AgentApp;
import dev.weft.proxy.ProxyApp;
import dev.weft.proxy.ProxyOptions;
import dev.weft.tests.mesh.Await;
import dev.weft.xds.Decoded;
import dev.weft.xds.bootstrap.Bootstrap;
import dev.weft.xds.bootstrap.BootstrapFormat;
import dev.weft.xds.decode.BootstrapDecoder;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A control plane in this process and two workloads, {@code east} and {@code west}, whose sidecars are of the test's choice. Sidecars
 * start from what {@code meshctl bootstrap} prints. Each mesh has loopback addresses of its own. Used by one test thread.
 */
final class PeerMesh implements AutoCloseable {
    static final Duration LIVE = Duration.ofSeconds(30);
    static final int HTTP = 9080;
    static final int GRPC = 9090;
    private static final AtomicInteger MESHES = new AtomicInteger();
    private static final JsonMapper JSON = new JsonMapper();

    private final Path folder;
    private final Path files;
    private final Path state;
    private final String network;
    private final ControlPlaneApp control;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();

    private PeerMesh(int httpOrigin, int grpcOrigin) throws IOException {
        folder = Files.createTempDirectory("weft-peers");
        files = Files.createDirectory(folder.resolve("files"));
        state = folder.resolve("state");
        long pid = ProcessHandle.current().pid();
        // Beside those of TestMesh, which goes up from here.
        network = "127." + (2 + pid % 250) + "." + (254 - (pid / 250 + MESHES.getAndIncrement()) % 100) + ".";
        String yaml = Resources.toString(Resources.getResource("peers/mesh.yaml"), StandardCharsets.UTF_8)
                .replace("127.1.0.", network)
                .replace("{{http}}", String.valueOf(httpOrigin))
                .replace("{{grpc}}", String.valueOf(grpcOrigin));
        Files.writeString(files.resolve("mesh.yaml"), yaml);
        control = ControlPlaneApp.start(ControlPlaneOptions.onFiles(files, state, 0, 0), InstantSource.system());
    }

    /** @param httpOrigin port of the program behind both sidecars for HTTP/1.1; {@code grpcOrigin} that for gRPC */
    static PeerMesh start(int httpOrigin, int grpcOrigin) {
        try {
            return new PeerMesh(httpOrigin, grpcOrigin);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Starts our proxy as the sidecar of {@code workload}. */
    ProxyApp weft(String workload) {
        ProxyApp proxy = ProxyApp.start(
                decode(bootstrap(workload, "weft")), ProxyOptions.defaults().withLoops(1));
        owned.push(proxy);
        return proxy;
    }

    /** Starts a stock Envoy and our agent as the sidecar of {@code workload}. */
    PeerProcess envoy(Path program, String workload) {
        return envoy(program, workload, bootstrap -> {});
    }

    /** The same, after an edit of the agent's bootstrap. */
    PeerProcess envoy(Path program, String workload, Consumer<ObjectNode> edit) {
        try {
            Path home = folder.resolve(workload);
            ObjectNode agent = (ObjectNode) JSON.readTree(bootstrap(workload, "weft"));
            edit.accept(agent);
            owned.push(AgentApp.start(decode(agent.toString()), home.resolve("agent.sock")));
            Path file = Files.writeString(home.resolve("envoy.json"), bootstrap(workload, "envoy"));
            PeerProcess envoy = PeerProcess.start(List.of(
                    program.toString(),
                    "-c",
                    file.toString(),
                    "--admin-address-path",
                    home.resolve("admin").toString(),
                    "--disable-hot-restart",
                    "--concurrency",
                    "1",
                    "-l",
                    "warning"));
            owned.push(envoy);
            return envoy;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What the admin interface of {@code workload}'s Envoy answers; empty before it runs. */
    String envoyAdmin(String workload, String path) {
        try {
            Path address = folder.resolve(workload).resolve("admin");
            return Files.exists(address)
                    ? get("http://" + Files.readString(address).strip() + path)
                    : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds a file to what the control plane reads, or writes it over. */
    void write(String name, String yaml) throws IOException {
        Path fresh = Files.writeString(folder.resolve(name), yaml);
        Files.move(fresh, files.resolve(name), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Returns when {@code count} proxies are connected and have what they should have. */
    void awaitSynced(int count) {
        Await.until(
                LIVE,
                () -> proxies().size() == count
                        && proxies().stream()
                                .allMatch(proxy -> proxy.path("state").asText().equals("synced")),
                () -> "synced: " + proxies());
    }

    /** Returns when a call gets through, which also waits for certificates and listeners, which the control plane does not see. */
    void awaitAnswer(String from, String to) {
        Supplier<PlainReply> call = () -> PlainReply.get(outbound(from, HTTP), host(to, HTTP), "/first");
        Await.until(
                LIVE,
                () -> call.get().status() == 200,
                () -> "from " + from + " to " + to + ": " + call.get().text());
    }

    static String host(String workload, int port) {
        return workload + ".default.svc.cluster.local:" + port;
    }

    List<JsonNode> proxies() {
        try {
            JsonNode status = JSON.readTree(get("http://127.0.0.1:" + control.httpPort() + "/api/v1/status"));
            return new ArrayList<>(status.path("items").valueStream().toList());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Where the sidecar of {@code workload} listens for its own program. */
    InetSocketAddress outbound(String workload, int port) {
        return new InetSocketAddress(network + (workload.equals("east") ? "31" : "32"), port);
    }

    /** Where others reach {@code workload}. */
    InetSocketAddress inbound(String workload, int port) {
        return new InetSocketAddress(network + (workload.equals("east") ? "21" : "22"), port);
    }

    private String bootstrap(String workload, String reader) {
        String home = folder.resolve(workload).toString();
        List<String> command =
                List.of("bootstrap", workload, "--for", reader, "--folder", home, "--state", state.toString());
        List<String> options = List.of("--with-token", "--admin-port", "0", "-o", "json");
        List<String> arguments = new ArrayList<>(command);
        arguments.addAll(options);
        PrintStream real = System.out;
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
        int code;
        try {
            Files.createDirectories(folder.resolve(workload));
            code = Meshctl.execute(arguments.toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            System.setOut(real);
        }
        if (code != 0) {
            throw new AssertionError("meshctl " + arguments + " ended with " + code);
        }
        return printed.toString(StandardCharsets.UTF_8);
    }

    private static Bootstrap decode(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return switch (new BootstrapDecoder(new OnDemandDescriptors()).decode(bytes, BootstrapFormat.JSON)) {
            case Decoded.Value<Bootstrap>(Bootstrap value) -> value;
            case Decoded.Rejected<Bootstrap> rejected -> throw new AssertionError(rejected.message());
        };
    }

    private String get(String address) {
        try {
            return http.send(
                            HttpRequest.newBuilder(URI.create(address))
                                    .timeout(Duration.ofSeconds(5))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString())
                    .body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Ends the sidecars, then the control plane. */
    @Override
    public void close() throws Exception {
        while (!owned.isEmpty()) {
            owned.pop().close();
        }
        control.close();
        http.shutdownNow();
        MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
    }
}
