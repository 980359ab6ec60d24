package dev.weft.xds.encode;

import dev.weft.model.route.Forward;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.RetryPolicy;
import dev.weft.xds.api.ApiTypes;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate;
import java.util.stream.Collectors;

/** The action that forwards: target, rewrites, timeouts, retries, upgrades; and the header edits that all levels share. */
final class ForwardEncoder {
    private ForwardEncoder() {}

    static RouteAction encode(Forward forward) {
        RouteAction.Builder message = RouteAction.newBuilder()
                .setClusterNotFoundResponseCode(
                        switch (forward.clusterNotFoundStatus()) {
                            case 503 -> RouteAction.ClusterNotFoundResponseCode.SERVICE_UNAVAILABLE;
                            case 404 -> RouteAction.ClusterNotFoundResponseCode.NOT_FOUND;
                            case 500 -> RouteAction.ClusterNotFoundResponseCode.INTERNAL_SERVER_ERROR;
                            default ->
                                throw new IllegalArgumentException("clusterNotFoundStatus "
                                        + forward.clusterNotFoundStatus() + ", expected one of 404, 500, 503");
                        });
        switch (forward.target()) {
            case Forward.SingleCluster cluster -> message.setCluster(cluster.name());
            case Forward.WeightedClusters split -> {
                WeightedCluster.Builder clusters = WeightedCluster.newBuilder();
                split.clusters().forEach(cluster -> clusters.addClusters(share(cluster)));
                message.setWeightedClusters(clusters);
            }
        }
        rewrite(message, forward.rewrite());
        timeouts(message, forward.timeouts());
        forward.retry().ifPresent(retry -> message.setRetryPolicy(retry(retry)));
        forward.upgrades().forEach(upgrade -> message.addUpgradeConfigs(upgrade(upgrade)));
        return message.build();
    }

    private static WeightedCluster.ClusterWeight share(Forward.WeightedCluster cluster) {
        WeightedCluster.ClusterWeight.Builder message = WeightedCluster.ClusterWeight.newBuilder()
                .setName(cluster.name())
                .setWeight(WireValues.uint32(cluster.weight()));
        HeaderMutations mutations = cluster.mutations();
        mutations.requestAdd().forEach(edit -> message.addRequestHeadersToAdd(edit(edit)));
        mutations.responseAdd().forEach(edit -> message.addResponseHeadersToAdd(edit(edit)));
        message.addAllRequestHeadersToRemove(mutations.requestRemove())
                .addAllResponseHeadersToRemove(mutations.responseRemove());
        cluster.hostRewrite().ifPresent(message::setHostRewriteLiteral);
        return message.build();
    }

    static HeaderValueOption edit(HeaderMutations.HeaderEdit edit) {
        return HeaderValueOption.newBuilder()
                .setHeader(HeaderValue.newBuilder().setKey(edit.name()).setValue(edit.value()))
                .setAppendAction(
                        switch (edit.append()) {
                            case APPEND_IF_EXISTS_OR_ADD ->
                                HeaderValueOption.HeaderAppendAction.APPEND_IF_EXISTS_OR_ADD;
                            case ADD_IF_ABSENT -> HeaderValueOption.HeaderAppendAction.ADD_IF_ABSENT;
                            case OVERWRITE_IF_EXISTS_OR_ADD ->
                                HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD;
                            case OVERWRITE_IF_EXISTS -> HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS;
                        })
                .build();
    }

    private static void rewrite(RouteAction.Builder message, Forward.Rewrite rewrite) {
        rewrite.path().ifPresent(path -> {
            switch (path) {
                case Forward.PrefixRewrite prefix -> message.setPrefixRewrite(prefix.replacement());
                case Forward.RegexRewrite regex ->
                    message.setRegexRewrite(RouteEncoder.substitution(regex.pattern(), regex.substitution()));
            }
        });
        rewrite.host().ifPresent(host -> {
            switch (host) {
                case Forward.LiteralHost literal -> message.setHostRewriteLiteral(literal.host());
                case Forward.AutoHost auto -> message.setAutoHostRewrite(WireValues.bool(true));
            }
        });
    }

    private static void timeouts(RouteAction.Builder message, Forward.Timeouts timeouts) {
        timeouts.route().ifPresent(t -> message.setTimeout(WireValues.duration(t)));
        timeouts.idle().ifPresent(t -> message.setIdleTimeout(WireValues.duration(t)));
        if (timeouts.maxStreamDuration().isPresent()
                || timeouts.grpcTimeoutHeaderMax().isPresent()) {
            RouteAction.MaxStreamDuration.Builder max = RouteAction.MaxStreamDuration.newBuilder();
            timeouts.maxStreamDuration().ifPresent(t -> max.setMaxStreamDuration(WireValues.duration(t)));
            timeouts.grpcTimeoutHeaderMax().ifPresent(t -> max.setGrpcTimeoutHeaderMax(WireValues.duration(t)));
            message.setMaxStreamDuration(max);
        }
    }

    private static io.envoyproxy.envoy.config.route.v3.RetryPolicy retry(RetryPolicy retry) {
        var message = io.envoyproxy.envoy.config.route.v3.RetryPolicy.newBuilder()
                .setRetryOn(
                        retry.on().stream().sorted().map(RetryPolicy.On::token).collect(Collectors.joining(",")))
                .setNumRetries(WireValues.uint32(retry.retries()))
                .addAllRetriableStatusCodes(retry.retriableStatusCodes())
                .setHostSelectionRetryMaxAttempts(retry.hostSelectionAttempts());
        retry.perTry().ifPresent(t -> message.setPerTryTimeout(WireValues.duration(t)));
        if (retry.previousHosts()) {
            message.addRetryHostPredicate(
                    io.envoyproxy.envoy.config.route.v3.RetryPolicy.RetryHostPredicate.newBuilder()
                            .setName("envoy.retry_host_predicates.previous_hosts")
                            .setTypedConfig(ApiTypes.PREVIOUS_HOSTS.pack(PreviousHostsPredicate.getDefaultInstance())));
        }
        if (!retry.baseInterval().equals(RetryPolicy.DEFAULT_BASE_INTERVAL)
                || retry.maxInterval().isPresent()) {
            var backOff = io.envoyproxy.envoy.config.route.v3.RetryPolicy.RetryBackOff.newBuilder()
                    .setBaseInterval(WireValues.duration(retry.baseInterval()));
            retry.maxInterval().ifPresent(t -> backOff.setMaxInterval(WireValues.duration(t)));
            message.setRetryBackOff(backOff);
        }
        return message.build();
    }

    private static RouteAction.UpgradeConfig upgrade(Forward.Upgrade upgrade) {
        RouteAction.UpgradeConfig.Builder message =
                RouteAction.UpgradeConfig.newBuilder().setUpgradeType(upgrade.type());
        switch (upgrade.mode()) {
            case REFUSED -> message.setEnabled(WireValues.bool(false));
            case PASSED_ON -> message.setEnabled(WireValues.bool(true));
            case CONNECT_TERMINATED ->
                message.setEnabled(WireValues.bool(true))
                        .setConnectConfig(RouteAction.UpgradeConfig.ConnectConfig.getDefaultInstance());
        }
        return message.build();
    }
}
