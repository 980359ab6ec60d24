package dev.weft.xds.decode;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.api.agent.v1.Agent;
import dev.weft.model.Locality;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.listener.Listener;
import dev.weft.model.net.SocketAddress;
import dev.weft.xds.Decoded;
import dev.weft.xds.FieldPath;
import dev.weft.xds.api.ApiTypes;
import dev.weft.xds.bootstrap.Bootstrap;
import dev.weft.xds.bootstrap.BootstrapFormat;
import dev.weft.xds.check.FieldTable;
import dev.weft.xds.check.UnreadFields;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import dev.weft.xds.json.JsonReader;
import dev.weft.xds.json.JsonTranscoder;
import dev.weft.xds.yaml.YamlReader;
import io.envoyproxy.envoy.config.core.v3.ApiConfigSource;
import io.envoyproxy.envoy.config.core.v3.Node;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Envoy's bootstrap, from JSON, YAML or binary, to a {@link Bootstrap}. What is unsupported in it is an error with its path: a proxy does not start on half of
 * what it was told. Runs once, at the start; not safe for use by several threads.
 */
public final class BootstrapDecoder {
    private final OnDemandDescriptors descriptors;

    public BootstrapDecoder(OnDemandDescriptors descriptors) {
        this.descriptors = descriptors;
    }

    public Decoded<Bootstrap> decode(byte[] content, BootstrapFormat format) {
        return wire(content, format).then(this::decode);
    }

    /** The message's bytes, whatever form it comes in; a binary one is not looked into. */
    public Decoded<ByteString> wire(byte[] content, BootstrapFormat format) {
        return switch (format) {
            case BINARY -> Decoded.of(ByteString.copyFrom(content));
            case JSON -> text(content).then(JsonReader::read).then(this::wire);
            case YAML -> text(content).then(YamlReader::read).then(this::wire);
        };
    }

    private static Decoded<String> text(byte[] content) {
        try {
            return Decoded.of(StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString());
        } catch (CharacterCodingException e) {
            return Decoded.rejected("", "the text is not UTF-8");
        }
    }

    /** @param tree Map, List and scalars, from any reader */
    public Decoded<Bootstrap> decodeTree(Object tree) {
        return wire(tree).then(this::decode);
    }

    private Decoded<ByteString> wire(Object tree) {
        return new JsonTranscoder(descriptors.get()).toWire(ApiTypes.BOOTSTRAP.name(), tree);
    }

    public Decoded<Bootstrap> decode(ByteString bytes) {
        io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap message;
        try {
            message = ApiTypes.BOOTSTRAP.parser().parseFrom(bytes);
        } catch (InvalidProtocolBufferException e) {
            return Decoded.rejected(
                    "Bootstrap", "not the bytes of a " + ApiTypes.BOOTSTRAP.name() + ": " + e.getMessage());
        }
        Reading reading = new Reading(descriptors);
        reading.problems()
                .addAll(UnreadFields.check(descriptors.get(), FieldTable.load(), ApiTypes.BOOTSTRAP.name(), bytes));
        Bootstrap bootstrap = new Parts(reading).decode(message, FieldPath.of("Bootstrap"));
        return reading.result(bootstrap);
    }

    /** The parts of one bootstrap. */
    private static final class Parts {
        private final Reading reading;
        private final ValueDecoder values;

        Parts(Reading reading) {
            this.reading = reading;
            this.values = new ValueDecoder(reading);
        }

        Bootstrap decode(io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap message, FieldPath at) {
            var resources = message.getStaticResources();
            FieldPath resourcesAt = at.field("static_resources");
            ListenerDecoder listenerDecoder = new ListenerDecoder(reading);
            ImmutableList.Builder<Listener> listeners = ImmutableList.builder();
            for (int i = 0; i < resources.getListenersCount(); i++) {
                listeners.add(listenerDecoder.decode(
                        resources.getListeners(i),
                        resourcesAt.field("listeners").index(i)));
            }
            ClusterDecoder clusterDecoder = new ClusterDecoder(reading);
            ImmutableList.Builder<Cluster> clusters = ImmutableList.builder();
            Set<String> clusterNames = new HashSet<>();
            for (int i = 0; i < resources.getClustersCount(); i++) {
                FieldPath clusterAt = resourcesAt.field("clusters").index(i);
                Cluster cluster = clusterDecoder.decode(resources.getClusters(i), clusterAt);
                if (!clusterNames.add(cluster.name())) {
                    reading.problem(clusterAt.field("name"), "found \"" + cluster.name() + "\" a second time");
                }
                clusters.add(cluster);
            }
            Optional<SocketAddress> admin = message.getAdmin().hasAddress()
                    ? Optional.of(values.address(
                            message.getAdmin().getAddress(), at.field("admin").field("address")))
                    : Optional.empty();
            return new Bootstrap(
                    node(message.getNode()),
                    admin,
                    listeners.build(),
                    clusters.build(),
                    secrets(message, resourcesAt.field("secrets")),
                    ads(message, clusterNames, at.field("dynamic_resources")),
                    agent(message, clusterNames, at.field("bootstrap_extensions")));
        }

        private static Bootstrap.NodeConfig node(Node node) {
            return new Bootstrap.NodeConfig(
                    node.getId(),
                    node.getCluster(),
                    new Locality(
                            node.getLocality().getRegion(),
                            node.getLocality().getZone(),
                            node.getLocality().getSubZone()),
                    node.getMetadata());
        }

        private ImmutableSortedMap<String, Bootstrap.StaticSecret> secrets(
                io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap message, FieldPath at) {
            StaticSecretDecoder decoder = new StaticSecretDecoder(reading);
            TreeMap<String, Bootstrap.StaticSecret> secrets = new TreeMap<>();
            for (int i = 0; i < message.getStaticResources().getSecretsCount(); i++) {
                var secret = message.getStaticResources().getSecrets(i);
                if (secrets.put(secret.getName(), decoder.decode(secret, at.index(i))) != null) {
                    reading.problem(at.index(i).field("name"), "found \"" + secret.getName() + "\" a second time");
                }
            }
            return ImmutableSortedMap.copyOfSorted(secrets);
        }

        private Optional<Bootstrap.AdsConfig> ads(
                io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap message, Set<String> clusters, FieldPath at) {
            var dynamic = message.getDynamicResources();
            if (dynamic.hasLdsConfig()) {
                values.ads(dynamic.getLdsConfig(), at.field("lds_config"));
            }
            if (dynamic.hasCdsConfig()) {
                values.ads(dynamic.getCdsConfig(), at.field("cds_config"));
            }
            FieldPath adsAt = at.field("ads_config");
            if (!dynamic.hasAdsConfig()) {
                if (dynamic.hasLdsConfig() || dynamic.hasCdsConfig()) {
                    reading.problem(adsAt, "is required by lds_config and cds_config");
                }
                return Optional.empty();
            }
            ApiConfigSource source = dynamic.getAdsConfig();
            Optional<Bootstrap.AdsConfig.Variant> variant = switch (source.getApiType()) {
                case GRPC -> Optional.of(Bootstrap.AdsConfig.Variant.STATE_OF_THE_WORLD);
                case DELTA_GRPC -> Optional.of(Bootstrap.AdsConfig.Variant.DELTA);
                default -> {
                    reading.problem(
                            adsAt.field("api_type"), "found " + source.getApiType() + ", expected GRPC or DELTA_GRPC");
                    yield Optional.empty();
                }
            };
            String cluster = values.grpcCluster(source, adsAt);
            mustExist(cluster, clusters, adsAt.field("grpc_services"));
            return variant.map(
                    v -> new Bootstrap.AdsConfig(cluster, v, dynamic.hasLdsConfig(), dynamic.hasCdsConfig()));
        }

        private void mustExist(String cluster, Set<String> clusters, FieldPath at) {
            if (!cluster.isEmpty() && !clusters.contains(cluster)) {
                reading.problem(
                        at, "names the cluster \"" + cluster + "\", which is not among static_resources.clusters");
            }
        }

        private Optional<Bootstrap.AgentConfig> agent(
                io.envoyproxy.envoy.config.bootstrap.v3.Bootstrap message, Set<String> clusters, FieldPath at) {
            Optional<Bootstrap.AgentConfig> agent = Optional.empty();
            for (int i = 0; i < message.getBootstrapExtensionsCount(); i++) {
                FieldPath configAt = at.index(i).field("typed_config");
                Any config = reading.resolved(message.getBootstrapExtensions(i).getTypedConfig(), configAt);
                if (!ApiTypes.AGENT.is(config)) {
                    reading.problem(configAt, "found " + config.getTypeUrl() + ", expected " + ApiTypes.AGENT.url());
                } else if (agent.isPresent()) {
                    reading.problem(configAt, "found a second agent");
                } else {
                    agent = reading.unpack(ApiTypes.AGENT, config, configAt)
                            .map(found -> agent(found, clusters, configAt));
                }
            }
            return agent;
        }

        private Bootstrap.AgentConfig agent(Agent message, Set<String> clusters, FieldPath at) {
            values.required(message.getXdsCluster(), at.field("xds_cluster"));
            mustExist(message.getXdsCluster(), clusters, at.field("xds_cluster"));
            double ratio = message.getRotationRatio() == 0
                    ? Bootstrap.AgentConfig.DEFAULT_ROTATION_RATIO
                    : message.getRotationRatio();
            if (!(ratio > 0 && ratio < 1)) {
                reading.problem(at.field("rotation_ratio"), "found " + ratio + ", expected a number between 0 and 1");
            }
            return new Bootstrap.AgentConfig(
                    message.getXdsCluster(),
                    message.getTokenPath(),
                    message.getTrustDomain(),
                    message.getWorkloadIdentity(),
                    message.hasCertificateValidity()
                            ? values.positiveDuration(
                                    message.getCertificateValidity(), at.field("certificate_validity"))
                            : Bootstrap.AgentConfig.DEFAULT_VALIDITY,
                    ratio,
                    values.number(message.getStatusPort(), 0, 65_535, at.field("status_port")),
                    message.hasTelemetryInterval()
                            ? values.duration(message.getTelemetryInterval(), at.field("telemetry_interval"))
                            : Duration.ZERO);
        }
    }
}
