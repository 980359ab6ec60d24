package dev.weft.xds.decode;

import com.google.protobuf.Any;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.LoadBalancing;
import dev.weft.xds.FieldPath;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.util.Optional;

/** How a cluster picks endpoints: the enum with its side messages, or the newer list of typed policies. */
final class LoadBalancingDecoder {
    private static final int DEFAULT_CHOICES = 2;

    private final Reading reading;
    private final ValueDecoder values;

    LoadBalancingDecoder(Reading reading) {
        this.reading = reading;
        this.values = new ValueDecoder(reading);
    }

    LoadBalancing decode(Cluster message, Discovery discovery, FieldPath at) {
        boolean original = discovery instanceof Discovery.OriginalDestination;
        Picked picked = message.hasLoadBalancingPolicy()
                ? typed(message, at.field("load_balancing_policy").field("policies"))
                : new Picked(legacy(message, at), message.getCommonLbConfig().hasLocalityWeightedLbConfig());
        if (original != picked.policy() instanceof LoadBalancing.ClusterProvided) {
            reading.problem(at.field("lb_policy"), "CLUSTER_PROVIDED and the type ORIGINAL_DST go together");
        }
        return new LoadBalancing(picked.policy(), panic(message, at), picked.localityWeighted());
    }

    private LoadBalancing.Policy legacy(Cluster message, FieldPath at) {
        if (message.hasLeastRequestLbConfig() && message.getLbPolicy() != Cluster.LbPolicy.LEAST_REQUEST) {
            reading.problem(
                    at.field("least_request_lb_config"), "has no meaning where lb_policy is " + message.getLbPolicy());
        }
        return switch (message.getLbPolicy()) {
            case ROUND_ROBIN -> new LoadBalancing.RoundRobin();
            case RANDOM -> new LoadBalancing.Random();
            case CLUSTER_PROVIDED -> new LoadBalancing.ClusterProvided();
            case LEAST_REQUEST -> {
                var config = message.getLeastRequestLbConfig();
                yield new LoadBalancing.LeastRequest(
                        config.hasChoiceCount()
                                ? values.number(
                                        config.getChoiceCount(),
                                        2,
                                        Integer.MAX_VALUE,
                                        at.field("least_request_lb_config").field("choice_count"))
                                : DEFAULT_CHOICES);
            }
            case RING_HASH, MAGLEV, LOAD_BALANCING_POLICY_CONFIG, UNRECOGNIZED -> {
                reading.problem(
                        at.field("lb_policy"),
                        "found " + message.getLbPolicy()
                                + ", expected ROUND_ROBIN, LEAST_REQUEST, RANDOM or CLUSTER_PROVIDED");
                yield new LoadBalancing.RoundRobin();
            }
        };
    }

    /** The first policy of the list that is known, as Envoy takes it. */
    private Picked typed(Cluster message, FieldPath at) {
        for (int i = 0; i < message.getLoadBalancingPolicy().getPoliciesCount(); i++) {
            FieldPath configAt = at.index(i).field("typed_extension_config").field("typed_config");
            Any config = reading.resolved(
                    message.getLoadBalancingPolicy()
                            .getPolicies(i)
                            .getTypedExtensionConfig()
                            .getTypedConfig(),
                    configAt);
            Optional<Picked> picked = typed(config, configAt);
            if (picked.isPresent()) {
                return picked.get();
            }
        }
        reading.problem(at, "hold no supported policy, expected round_robin, least_request or random");
        return new Picked(new LoadBalancing.RoundRobin(), false);
    }

    private Optional<Picked> typed(Any config, FieldPath at) {
        if (ApiTypes.ROUND_ROBIN.is(config)) {
            return reading.unpack(ApiTypes.ROUND_ROBIN, config, at)
                    .map(policy -> new Picked(
                            new LoadBalancing.RoundRobin(),
                            policy.getLocalityLbConfig().hasLocalityWeightedLbConfig()));
        }
        if (ApiTypes.RANDOM.is(config)) {
            return reading.unpack(ApiTypes.RANDOM, config, at)
                    .map(policy -> new Picked(
                            new LoadBalancing.Random(),
                            policy.getLocalityLbConfig().hasLocalityWeightedLbConfig()));
        }
        if (ApiTypes.LEAST_REQUEST.is(config)) {
            return reading.unpack(ApiTypes.LEAST_REQUEST, config, at)
                    .map(policy -> new Picked(
                            new LoadBalancing.LeastRequest(
                                    policy.hasChoiceCount()
                                            ? values.number(
                                                    policy.getChoiceCount(),
                                                    2,
                                                    Integer.MAX_VALUE,
                                                    at.field("choice_count"))
                                            : DEFAULT_CHOICES),
                            policy.getLocalityLbConfig().hasLocalityWeightedLbConfig()));
        }
        return Optional.empty();
    }

    private int panic(Cluster message, FieldPath at) {
        if (!message.getCommonLbConfig().hasHealthyPanicThreshold()) {
            return LoadBalancing.DEFAULT.panicThresholdPercent();
        }
        double percent = message.getCommonLbConfig().getHealthyPanicThreshold().getValue();
        if (!(percent >= 0 && percent <= 100) || percent != Math.rint(percent)) {
            reading.problem(
                    at.field("common_lb_config").field("healthy_panic_threshold"),
                    "found " + percent + ", expected a whole number from 0 to 100");
            return 0;
        }
        return (int) percent;
    }

    private record Picked(LoadBalancing.Policy policy, boolean localityWeighted) {}
}
