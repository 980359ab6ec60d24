package dev.weft.tests.agent;

import com.google.common.collect.ImmutableMap;
import com.google.common.io.MoreFiles;
import com.google.common.io.RecursiveDeleteOption;
import dev.weft.cli.bootstrap.TokenMint;
import dev.weft.cli.bootstrap.Workload;
import dev.weft.control.ControlPlaneApp;
import dev.weft.control.ControlPlaneOptions;
import dev.weft.proxy.ProxyApp;
import dev.weft.proxy.ProxyOptions;
import dev.weft.proxy.pod.PodBootstrap;
import dev.weft.proxy.pod.PodEnvironment;
import dev.weft.proxy.pod.PodRole;
import dev.weft.xds.Decoded;
import dev.weft.xds.bootstrap.Bootstrap;
import dev.weft.xds.decode.BootstrapDecoder;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A control plane on a folder of files, and pods of its mesh: each with the environment that an injector gives it. Used by one thread. */
final class PodMesh implements AutoCloseable {
    private final Path folder;
    private final Path state;
    private final ControlPlaneApp control;
    private final List<ProxyApp> proxies = new ArrayList<>();

    private PodMesh(String config) throws IOException {
        folder = Files.createTempDirectory("weft-pods");
        state = folder.resolve("state");
        Path files = Files.createDirectory(folder.resolve("files"));
        Files.writeString(files.resolve("mesh.yaml"), config);
        control = ControlPlaneApp.start(ControlPlaneOptions.onFiles(files, state, 0, 0), InstantSource.system());
    }

    static PodMesh start(String config) {
        try {
            return new PodMesh(config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The environment of a pod of namespace {@code default}. All ports are any free ones. */
    Map<String, String> environment(String pod, String account) {
        try {
            Path token = folder.resolve(pod + ".token");
            Files.writeString(
                    token,
                    TokenMint.open(state.resolve("token-key.pem"), InstantSource.system())
                            .mint(new Workload(pod, "default", account, "127.0.0.1", ImmutableMap.of())));
            Map<String, String> environment = new HashMap<>();
            environment.put("POD_NAME", pod);
            environment.put("POD_NAMESPACE", "default");
            environment.put("INSTANCE_IPS", "127.0.0.1");
            environment.put("SERVICE_ACCOUNT", account);
            environment.put("WEFT_CONTROL_ADDRESS", "localhost:" + control.xdsPort());
            environment.put("WEFT_TOKEN_FILE", token.toString());
            environment.put(
                    "WEFT_ROOT_FILE",
                    state.resolve("ca").resolve("root-cert.pem").toString());
            environment.put("WEFT_INTERCEPTION_MODE", "NONE");
            for (String port : List.of("ADMIN", "AGENT", "HEALTH", "METRICS", "DNS")) {
                environment.put("WEFT_" + port + "_PORT", "0");
            }
            return environment;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ProxyApp start(Map<String, String> variables, PodRole role) {
        PodEnvironment environment = PodEnvironment.parse(variables, "", "");
        var message = PodBootstrap.message(environment, role);
        Bootstrap bootstrap = switch (new BootstrapDecoder(new OnDemandDescriptors()).decode(message)) {
            case Decoded.Value<Bootstrap>(Bootstrap value) -> value;
            case Decoded.Rejected<Bootstrap> rejected -> throw new AssertionError(rejected.message());
        };
        ProxyApp app = ProxyApp.start(bootstrap, ProxyOptions.defaults().withLoops(1));
        proxies.add(app);
        return app;
    }

    @Override
    public void close() {
        proxies.forEach(ProxyApp::close);
        control.close();
        try {
            MoreFiles.deleteRecursively(folder, RecursiveDeleteOption.ALLOW_INSECURE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
