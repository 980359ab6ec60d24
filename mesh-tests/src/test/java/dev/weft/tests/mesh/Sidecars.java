package dev.weft.tests.mesh;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import dev.weft.cli.bootstrap.SidecarBootstrap;
import dev.weft.cli.bootstrap.SidecarSettings;
import dev.weft.cli.bootstrap.TokenMint;
import dev.weft.cli.bootstrap.Workload;
import dev.weft.proxy.ProxyApp;
import dev.weft.proxy.ProxyOptions;
import dev.weft.xds.Decoded;
import dev.weft.xds.bootstrap.Bootstrap;
import dev.weft.xds.bootstrap.BootstrapFormat;
import dev.weft.xds.decode.BootstrapDecoder;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.OptionalInt;
import java.util.function.Consumer;

/** Starts sidecars as a launcher does: a token in a file, a bootstrap, a proxy with one loop. */
final class Sidecars {
    static final String TRUST_DOMAIN = "cluster.local";

    private final Path folder;
    private final Path state;
    private final int xdsPort;
    private final Consumer<ObjectNode> change;

    /** @param change edits each bootstrap before it is read */
    Sidecars(Path folder, Path state, int xdsPort, Consumer<ObjectNode> change) {
        this.folder = folder;
        this.state = state;
        this.xdsPort = xdsPort;
        this.change = change;
    }

    static Workload workload(JsonNode entry) {
        JsonNode spec = entry.path("spec");
        ImmutableMap.Builder<String, String> labels = ImmutableMap.builder();
        spec.path("labels")
                .properties()
                .forEach(label -> labels.put(label.getKey(), label.getValue().asText()));
        return new Workload(
                entry.path("metadata").path("name").asText(),
                entry.path("metadata").path("namespace").asText(),
                spec.path("serviceAccount").asText(),
                spec.path("address").asText(),
                labels.buildOrThrow());
    }

    ProxyApp start(Workload workload) {
        return start(workload, SidecarBootstrap.Role.SIDECAR);
    }

    ProxyApp start(Workload workload, SidecarBootstrap.Role role) {
        try {
            Path home = Files.createDirectories(folder.resolve(workload.name()));
            SidecarSettings settings = new SidecarSettings(
                    new SidecarSettings.Ports(0, OptionalInt.empty(), OptionalInt.empty()),
                    xdsPort,
                    state.resolve("ca").resolve("root-cert.pem"),
                    home,
                    TRUST_DOMAIN);
            TokenMint mint = TokenMint.open(state.resolve("token-key.pem"), InstantSource.system());
            Files.writeString(settings.token(), mint.mint(workload));
            ObjectNode bootstrap = SidecarBootstrap.of(workload, settings, SidecarBootstrap.Reader.WEFT, role);
            change.accept(bootstrap);
            return ProxyApp.start(decode(bootstrap), ProxyOptions.defaults().withLoops(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Bootstrap decode(ObjectNode bootstrap) {
        byte[] bytes = bootstrap.toString().getBytes(StandardCharsets.UTF_8);
        return switch (new BootstrapDecoder(new OnDemandDescriptors()).decode(bytes, BootstrapFormat.JSON)) {
            case Decoded.Value<Bootstrap>(Bootstrap value) -> value;
            case Decoded.Rejected<Bootstrap> rejected -> throw new AssertionError(rejected.message());
        };
    }
}
