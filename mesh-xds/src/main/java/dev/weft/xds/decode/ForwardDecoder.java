package dev.weft.xds.decode;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import dev.weft.model.route.Forward;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.RetryPolicy;
import dev.weft.xds.FieldPath;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The action that forwards, and the header edits that all levels share. */
final class ForwardDecoder {
    private final Reading reading;
    private final ValueDecoder values;
    private final MatchDecoder matches;

    ForwardDecoder(Reading reading) {
        this.reading = reading;
        this.values = new ValueDecoder(reading);
        this.matches = new MatchDecoder(reading);
    }

    Forward decode(RouteAction message, FieldPath at) {
        Forward.Target target = switch (message.getClusterSpecifierCase()) {
            case CLUSTER -> new Forward.SingleCluster(values.required(message.getCluster(), at.field("cluster")));
            case WEIGHTED_CLUSTERS -> split(message.getWeightedClusters(), at.field("weighted_clusters"));
            default -> {
                reading.problem(
                        at, "found " + message.getClusterSpecifierCase() + ", expected cluster or weighted_clusters");
                yield new Forward.SingleCluster("");
            }
        };
        int notFound = switch (message.getClusterNotFoundResponseCode()) {
            case SERVICE_UNAVAILABLE -> 503;
            case NOT_FOUND -> 404;
            case INTERNAL_SERVER_ERROR -> 500;
            case UNRECOGNIZED -> {
                reading.problem(
                        at.field("cluster_not_found_response_code"),
                        "found " + message.getClusterNotFoundResponseCodeValue());
                yield 503;
            }
        };
        ImmutableList.Builder<Forward.Upgrade> upgrades = ImmutableList.builder();
        for (int i = 0; i < message.getUpgradeConfigsCount(); i++) {
            upgrades.add(upgrade(
                    message.getUpgradeConfigs(i), at.field("upgrade_configs").index(i)));
        }
        return new Forward(
                target,
                rewrite(message, at),
                timeouts(message, at),
                message.hasRetryPolicy()
                        ? Optional.of(retry(message.getRetryPolicy(), at.field("retry_policy")))
                        : Optional.empty(),
                notFound,
                upgrades.build());
    }

    private Forward.Target split(WeightedCluster message, FieldPath at) {
        ImmutableList.Builder<Forward.WeightedCluster> clusters = ImmutableList.builder();
        for (int i = 0; i < message.getClustersCount(); i++) {
            var share = message.getClusters(i);
            FieldPath shareAt = at.field("clusters").index(i);
            clusters.add(new Forward.WeightedCluster(
                    values.required(share.getName(), shareAt.field("name")),
                    Integer.toUnsignedLong(share.getWeight().getValue()),
                    mutations(
                            new Edits(
                                    share.getRequestHeadersToAddList(),
                                    share.getRequestHeadersToRemoveList(),
                                    share.getResponseHeadersToAddList(),
                                    share.getResponseHeadersToRemoveList()),
                            shareAt),
                    share.getHostRewriteLiteral().isEmpty()
                            ? Optional.empty()
                            : Optional.of(share.getHostRewriteLiteral())));
        }
        ImmutableList<Forward.WeightedCluster> all = clusters.build();
        return reading.checked(at, new Forward.SingleCluster(""), () -> new Forward.WeightedClusters(all));
    }

    private Forward.Rewrite rewrite(RouteAction message, FieldPath at) {
        Optional<Forward.PathRewrite> path = Optional.empty();
        if (!message.getPrefixRewrite().isEmpty()) {
            path = Optional.of(new Forward.PrefixRewrite(message.getPrefixRewrite()));
        }
        if (message.hasRegexRewrite()) {
            FieldPath regex = at.field("regex_rewrite");
            if (path.isPresent()) {
                reading.problem(regex, "excludes prefix_rewrite: only one of the two may be set");
            }
            path = Optional.of(new Forward.RegexRewrite(
                    matches.regex(message.getRegexRewrite().getPattern(), regex.field("pattern"))
                            .pattern(),
                    message.getRegexRewrite().getSubstitution()));
        }
        Optional<Forward.HostRewrite> host = switch (message.getHostRewriteSpecifierCase()) {
            case HOST_REWRITE_LITERAL -> Optional.of(new Forward.LiteralHost(message.getHostRewriteLiteral()));
            case AUTO_HOST_REWRITE ->
                message.getAutoHostRewrite().getValue() ? Optional.of(new Forward.AutoHost()) : Optional.empty();
            default -> Optional.empty();
        };
        return new Forward.Rewrite(path, host);
    }

    @SuppressWarnings("deprecation") // older servers bound grpc-timeout by max_grpc_timeout
    private Forward.Timeouts timeouts(RouteAction message, FieldPath at) {
        RouteAction.MaxStreamDuration max = message.getMaxStreamDuration();
        FieldPath maxAt = at.field("max_stream_duration");
        Optional<java.time.Duration> grpc = duration(
                max.hasGrpcTimeoutHeaderMax(), max.getGrpcTimeoutHeaderMax(), maxAt.field("grpc_timeout_header_max"));
        if (grpc.isEmpty()) {
            grpc = duration(message.hasMaxGrpcTimeout(), message.getMaxGrpcTimeout(), at.field("max_grpc_timeout"));
        }
        return new Forward.Timeouts(
                duration(message.hasTimeout(), message.getTimeout(), at.field("timeout")),
                duration(message.hasIdleTimeout(), message.getIdleTimeout(), at.field("idle_timeout")),
                duration(max.hasMaxStreamDuration(), max.getMaxStreamDuration(), maxAt.field("max_stream_duration")),
                grpc);
    }

    private Optional<java.time.Duration> duration(boolean set, Duration message, FieldPath at) {
        return set ? Optional.of(values.duration(message, at)) : Optional.empty();
    }

    private RetryPolicy retry(io.envoyproxy.envoy.config.route.v3.RetryPolicy message, FieldPath at) {
        ImmutableSet.Builder<RetryPolicy.On> on = ImmutableSet.builder();
        for (String token : message.getRetryOn().split(",")) {
            if (token.isBlank()) {
                continue;
            }
            RetryPolicy.On.ofToken(token.strip())
                    .ifPresentOrElse(
                            on::add,
                            () -> reading.problem(
                                    at.field("retry_on"),
                                    "found \"" + token.strip() + "\", expected conditions that Envoy knows"));
        }
        boolean previousHosts = false;
        for (int i = 0; i < message.getRetryHostPredicateCount(); i++) {
            var predicate = message.getRetryHostPredicate(i);
            FieldPath config = at.field("retry_host_predicate").index(i).field("typed_config");
            Any typed = reading.resolved(predicate.getTypedConfig(), config);
            // Older servers name the predicate and send no configuration.
            boolean byName = predicate.getName().equals("envoy.retry_host_predicates.previous_hosts")
                    && !predicate.hasTypedConfig();
            if (byName || ApiTypes.PREVIOUS_HOSTS.is(typed)) {
                previousHosts = true;
            } else {
                reading.problem(config, "found " + typed.getTypeUrl() + ", expected a PreviousHostsPredicate");
            }
        }
        long attempts = message.getHostSelectionRetryMaxAttempts();
        if (attempts < 0 || attempts > 1000) {
            reading.problem(
                    at.field("host_selection_retry_max_attempts"), "found " + attempts + ", expected 0 to 1000");
        }
        var backOff = message.getRetryBackOff();
        FieldPath backOffAt = at.field("retry_back_off");
        if (message.hasRetryBackOff() && !backOff.hasBaseInterval()) {
            reading.problem(backOffAt.field("base_interval"), "is required");
        }
        java.time.Duration base = message.hasRetryBackOff()
                ? values.positiveDuration(backOff.getBaseInterval(), backOffAt.field("base_interval"))
                : RetryPolicy.DEFAULT_BASE_INTERVAL;
        Optional<java.time.Duration> max =
                duration(backOff.hasMaxInterval(), backOff.getMaxInterval(), backOffAt.field("max_interval"));
        if (max.isPresent() && max.get().compareTo(base) < 0) {
            reading.problem(
                    backOffAt.field("max_interval"), "found " + max.get() + ", expected at least base_interval");
        }
        return new RetryPolicy(
                on.build(),
                message.hasNumRetries()
                        ? values.number(message.getNumRetries(), 0, Integer.MAX_VALUE, at.field("num_retries"))
                        : 1,
                duration(message.hasPerTryTimeout(), message.getPerTryTimeout(), at.field("per_try_timeout")),
                ImmutableList.copyOf(message.getRetriableStatusCodesList()),
                previousHosts,
                (int) attempts,
                base,
                max);
    }

    private Forward.Upgrade upgrade(RouteAction.UpgradeConfig message, FieldPath at) {
        String type = values.required(message.getUpgradeType(), at.field("upgrade_type"))
                .toLowerCase(Locale.ROOT);
        boolean enabled = !message.hasEnabled() || message.getEnabled().getValue();
        if (message.hasConnectConfig() && !type.equals("connect")) {
            reading.problem(at.field("connect_config"), "is for upgrade_type CONNECT, found \"" + type + "\"");
        }
        if (message.hasConnectConfig() && !enabled) {
            reading.problem(at.field("connect_config"), "has no meaning where enabled is false");
        }
        Forward.Upgrade.Mode mode = !enabled
                ? Forward.Upgrade.Mode.REFUSED
                : message.hasConnectConfig() ? Forward.Upgrade.Mode.CONNECT_TERMINATED : Forward.Upgrade.Mode.PASSED_ON;
        return new Forward.Upgrade(type, mode);
    }

    HeaderMutations mutations(Edits edits, FieldPath at) {
        if (edits.requestAdd().isEmpty()
                && edits.requestRemove().isEmpty()
                && edits.responseAdd().isEmpty()
                && edits.responseRemove().isEmpty()) {
            return HeaderMutations.NONE;
        }
        return new HeaderMutations(
                edits(edits.requestAdd(), at.field("request_headers_to_add")),
                ImmutableList.copyOf(edits.requestRemove()),
                edits(edits.responseAdd(), at.field("response_headers_to_add")),
                ImmutableList.copyOf(edits.responseRemove()));
    }

    private ImmutableList<HeaderMutations.HeaderEdit> edits(List<HeaderValueOption> messages, FieldPath at) {
        ImmutableList.Builder<HeaderMutations.HeaderEdit> edits = ImmutableList.builder();
        for (int i = 0; i < messages.size(); i++) {
            HeaderValueOption message = messages.get(i);
            FieldPath editAt = at.index(i);
            edits.add(new HeaderMutations.HeaderEdit(
                    values.required(
                            message.getHeader().getKey(), editAt.field("header").field("key")),
                    message.getHeader().getValue(),
                    append(message, editAt)));
        }
        return edits.build();
    }

    @SuppressWarnings("deprecation") // istiod still sends append
    private HeaderMutations.Append append(HeaderValueOption message, FieldPath at) {
        if (message.hasAppend()) {
            if (message.getAppendAction() != HeaderValueOption.HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD) {
                reading.problem(at.field("append"), "excludes append_action: only one of the two may be set");
            }
            return message.getAppend().getValue()
                    ? HeaderMutations.Append.APPEND_IF_EXISTS_OR_ADD
                    : HeaderMutations.Append.OVERWRITE_IF_EXISTS_OR_ADD;
        }
        return switch (message.getAppendAction()) {
            case APPEND_IF_EXISTS_OR_ADD -> HeaderMutations.Append.APPEND_IF_EXISTS_OR_ADD;
            case ADD_IF_ABSENT -> HeaderMutations.Append.ADD_IF_ABSENT;
            case OVERWRITE_IF_EXISTS_OR_ADD -> HeaderMutations.Append.OVERWRITE_IF_EXISTS_OR_ADD;
            case OVERWRITE_IF_EXISTS -> HeaderMutations.Append.OVERWRITE_IF_EXISTS;
            case UNRECOGNIZED -> {
                reading.problem(at.field("append_action"), "found " + message.getAppendActionValue());
                yield HeaderMutations.Append.APPEND_IF_EXISTS_OR_ADD;
            }
        };
    }

    /** The four lists that every level has. */
    record Edits(
            List<HeaderValueOption> requestAdd,
            List<String> requestRemove,
            List<HeaderValueOption> responseAdd,
            List<String> responseRemove) {}
}
