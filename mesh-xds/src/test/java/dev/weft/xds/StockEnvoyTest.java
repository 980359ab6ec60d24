package dev.weft.xds;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.weft.xds.descriptor.Descriptors;
import dev.weft.xds.encode.XdsEncoder;
import dev.weft.xds.json.JsonTranscoder;
import io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A stock Envoy, which we did not write, accepts what is encoded in its dialect. Needs one: {@code WEFT_ENVOY} names the program. */
class StockEnvoyTest {
    private static final int BATCHES = 4;
    private static final int PER_BATCH = 25;

    private static final String BASE = """
            {"node": {"id": "n", "cluster": "c"},
             "dynamic_resources": {"ads_config": {"api_type": "GRPC", "transport_api_version": "V3",
               "grpc_services": [{"envoy_grpc": {"cluster_name": "sds-grpc"}}]}},
             "static_resources": {"clusters": [{"name": "sds-grpc", "type": "STATIC", "connect_timeout": "1s",
               "typed_extension_protocol_options": {"envoy.extensions.upstreams.http.v3.HttpProtocolOptions": {
                 "@type": "type.googleapis.com/envoy.extensions.upstreams.http.v3.HttpProtocolOptions",
                 "explicit_http_config": {"http2_protocol_options": {}}}},
               "load_assignment": {"cluster_name": "sds-grpc", "endpoints": [{"lb_endpoints": [
                 {"endpoint": {"address": {"pipe": {"path": "/nowhere"}}}}]}]}}]}}
            """;

    @TempDir
    Path folder;

    @Test
    void acceptsEveryGeneratedListenerAndCluster() throws Exception {
        String envoy = System.getenv("WEFT_ENVOY");
        assumeTrue(envoy != null && Files.isExecutable(Path.of(envoy)), "WEFT_ENVOY names no Envoy to ask");
        XdsEncoder encoder = new XdsEncoder(Dialect.ENVOY);
        Bootstrap base = Bootstrap.parseFrom(new JsonTranscoder(Descriptors.load())
                .fromJson("envoy.config.bootstrap.v3.Bootstrap", BASE)
                .orThrow());

        for (int batch = 0; batch < BATCHES; batch++) {
            Bootstrap.StaticResources.Builder resources = base.getStaticResources().toBuilder();
            for (int i = 0; i < PER_BATCH; i++) {
                int seed = batch * PER_BATCH + i;
                Models models = new Models(seed, Models.Material.SDS);
                Cluster cluster =
                        Cluster.parseFrom(encoder.cluster(models.cluster()).bytes());
                Listener listener = Listener.parseFrom(
                        encoder.listener(new ListenerModels(models).listener()).bytes());
                resources
                        .addClusters(cluster.toBuilder().setName("cluster-" + seed))
                        .addListeners(listener.toBuilder().setName("listener-" + seed));
            }
            Bootstrap bootstrap = base.toBuilder().setStaticResources(resources).build();
            Path file = Files.write(folder.resolve("b" + batch + ".pb"), bootstrap.toByteArray());

            Process process = new ProcessBuilder(
                            envoy, "--mode", "validate", "-c", file.toString(), "--concurrency", "1", "-l", "error")
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(output).isZero();
        }
    }
}
