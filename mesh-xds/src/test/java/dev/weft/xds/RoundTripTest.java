package dev.weft.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Any;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.http.HttpFilter;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.route.RouteConfig;
import dev.weft.xds.decode.XdsDecoder;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import dev.weft.xds.encode.EncodedResource;
import dev.weft.xds.encode.XdsEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The dictionary loses nothing: what is encoded in a dialect decodes to what the dialect made of the model. */
class RoundTripTest {
    private static final int ROUNDS = 300;

    private final XdsDecoder decoder = new XdsDecoder(new OnDemandDescriptors());

    @ParameterizedTest
    @EnumSource(names = {"WEFT", "ENVOY"})
    void listenersComeBackAsTheDialectMadeThem(Dialect dialect) {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Listener listener = new ListenerModels(new Models(seed)).listener();

            Decoded<Listener> back =
                    decoder.listener(new XdsEncoder(dialect).listener(listener).bytes());

            assertThat(back).as("seed %d", seed).isEqualTo(Decoded.of(new DialectAdapter(dialect).listener(listener)));
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"WEFT", "ENVOY", "GRPC"})
    void clustersComeBackAsTheDialectMadeThem(Dialect dialect) {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Cluster cluster = new Models(seed).cluster();

            Decoded<Cluster> back =
                    decoder.cluster(new XdsEncoder(dialect).cluster(cluster).bytes());

            assertThat(back).as("seed %d", seed).isEqualTo(Decoded.of(new DialectAdapter(dialect).cluster(cluster)));
        }
    }

    @Test
    void routesComeBackEqual() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            RouteConfig routes = new RouteModels(new Models(seed)).routes();

            assertThat(decoder.routes(
                            new XdsEncoder(Dialect.WEFT).routes(routes).bytes()))
                    .as("seed %d", seed)
                    .isEqualTo(Decoded.of(routes));
        }
    }

    @Test
    void endpointsComeBackEqual() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            EndpointSet endpoints = new Models(seed).endpoints("c");

            assertThat(decoder.endpoints(
                            new XdsEncoder(Dialect.WEFT).endpoints(endpoints).bytes()))
                    .as("seed %d", seed)
                    .isEqualTo(Decoded.of(endpoints));
        }
    }

    @Test
    void secretsComeBackEqualAndNeverShowTheirKey() {
        byte[] chain = "-----BEGIN CERTIFICATE-----".getBytes(StandardCharsets.US_ASCII);
        byte[] key = "-----BEGIN PRIVATE KEY-----".getBytes(StandardCharsets.US_ASCII);
        SecretResource pair = new SecretResource.KeyPair("default", chain, key);
        SecretResource trust = new SecretResource.TrustBundle("ROOTCA", chain);
        XdsEncoder encoder = new XdsEncoder(Dialect.WEFT);

        assertThat(decoder.secret(encoder.secret(pair).bytes())).isEqualTo(Decoded.of(pair));
        assertThat(decoder.secret(encoder.secret(trust).bytes())).isEqualTo(Decoded.of(trust));
        assertThat(pair.toString()).doesNotContain("PRIVATE");
    }

    @Test
    void equalModelsGiveEqualBytesAndVersions() {
        for (int seed = 0; seed < 50; seed++) {
            EncodedResource one =
                    new XdsEncoder(Dialect.WEFT).listener(new ListenerModels(new Models(seed)).listener());
            EncodedResource other =
                    new XdsEncoder(Dialect.WEFT).listener(new ListenerModels(new Models(seed)).listener());

            assertThat(one).isEqualTo(other);
            assertThat(one.version()).matches("[0-9a-f]{16}");
        }
    }

    @Test
    void adaptingTwiceIsAdaptingOnce() {
        DialectAdapter adapter = new DialectAdapter(Dialect.ENVOY);
        for (int seed = 0; seed < ROUNDS; seed++) {
            Cluster cluster = adapter.cluster(new Models(seed).cluster());
            Listener listener = adapter.listener(new ListenerModels(new Models(seed)).listener());

            assertThat(adapter.cluster(cluster)).isEqualTo(cluster);
            assertThat(adapter.listener(listener)).isEqualTo(listener);
        }
    }

    @Test
    void stockEnvoyGetsNoFilterOfIstio() {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Listener listener =
                    new DialectAdapter(Dialect.ENVOY).listener(new ListenerModels(new Models(seed)).listener());

            listener.filterChains()
                    .forEach(chain -> assertThat(chain.filters())
                            .noneMatch(filter -> filter instanceof NetworkFilter.IstioStats
                                    || filter instanceof NetworkFilter.MetadataExchange
                                    || filter instanceof NetworkFilter.Http http
                                            && http.manager().filters().stream()
                                                    .anyMatch(f -> f instanceof HttpFilter.AlpnOverride
                                                            || f instanceof HttpFilter.PeerMetadata
                                                            || f instanceof HttpFilter.IstioStats)));
            assertThat(new XdsEncoder(Dialect.ENVOY).listener(listener).bytes().toStringUtf8())
                    .doesNotContain("istio.envoy")
                    .doesNotContain("stats.PluginConfig");
        }
    }

    @Test
    void resourcesAreDecodedByTheirTypeUrl() {
        Cluster cluster = new Models(1).cluster();

        var decoded =
                decoder.resource(new XdsEncoder(Dialect.WEFT).cluster(cluster).any());

        assertThat(decoded.orThrow().name()).isEqualTo(cluster.name());
        assertThat(decoder.resource(Any.newBuilder().setTypeUrl("a/b.C").build())
                        .problems())
                .containsExactly(new Problem("", "unknown resource type a/b.C"));
    }
}
