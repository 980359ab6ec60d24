package dev.weft.proxy.telemetry;

import com.google.common.collect.ImmutableList;
import dev.weft.model.cluster.Cluster.ServiceRef;
import dev.weft.proxy.exchange.ConnectionFacts.Direction;
import dev.weft.proxy.exchange.PeerMetadata;
import dev.weft.proxy.exchange.ResponseFlag;
import dev.weft.proxy.telemetry.MetricSink.Labels;
import java.util.Optional;

/**
 * The labels of Istio's metrics: all of them on every series, {@code unknown} where a value is not known, since Kiali leaves out
 * series that lack one.
 */
final class RequestLabels {
    private static final Workload NOBODY = new Workload(
            MetricNames.UNKNOWN,
            MetricNames.UNKNOWN,
            MetricNames.UNKNOWN,
            "latest",
            MetricNames.UNKNOWN,
            MetricNames.UNKNOWN,
            MetricNames.UNKNOWN);

    private final Workload self;
    private final ServiceLookup services;

    RequestLabels(WorkloadMetadata self, ServiceLookup services) {
        this.self = workload(self.asPeer());
        this.services = services;
    }

    Labels of(RequestKey key) {
        boolean inbound = key.direction == Direction.INBOUND;
        ImmutableList.Builder<String> pairs = ImmutableList.builder();
        common(pairs, inbound, key);
        pairs.add("request_protocol", key.grpc ? "grpc" : "http");
        pairs.add("response_code", String.valueOf(key.status));
        pairs.add("grpc_response_status", key.grpcStatus == RequestKey.NO_GRPC ? "" : String.valueOf(key.grpcStatus));
        pairs.add("response_flags", ResponseFlag.codes(key.flags));
        pairs.add("connection_security_policy", security(inbound, key.mutualTls));
        return new Labels(pairs.build());
    }

    /** Of a connection that speaks no HTTP. */
    Labels ofConnection(RequestKey key) {
        boolean inbound = key.direction == Direction.INBOUND;
        ImmutableList.Builder<String> pairs = ImmutableList.builder();
        common(pairs, inbound, key);
        pairs.add("request_protocol", "tcp");
        pairs.add("response_flags", ResponseFlag.codes(key.flags));
        pairs.add("connection_security_policy", security(inbound, key.mutualTls));
        return new Labels(pairs.build());
    }

    /** What request and connection series have in common: who reports, source, destination. */
    private void common(ImmutableList.Builder<String> pairs, boolean inbound, RequestKey key) {
        Workload other = key.peer == null ? NOBODY : workload(key.peer);
        Workload source = inbound ? other : self;
        Workload destination = inbound ? self : other;
        pairs.add("reporter", inbound ? "destination" : "source");
        add(pairs, "source", source, inbound ? key.remotePrincipal : key.ownPrincipal);
        add(pairs, "destination", destination, inbound ? key.ownPrincipal : key.remotePrincipal);
        Optional<ServiceRef> service = services.service(key.cluster);
        pairs.add("destination_service", service.map(ServiceRef::host).orElse(MetricNames.UNKNOWN));
        pairs.add("destination_service_name", service.map(ServiceRef::name).orElse(named(key.cluster)));
        pairs.add(
                "destination_service_namespace",
                service.map(ServiceRef::namespace).orElse(MetricNames.UNKNOWN));
    }

    /** A server knows whether it was mutual TLS; a client says unknown, as Istio's does. */
    private static String security(boolean inbound, boolean mutualTls) {
        if (!inbound) {
            return MetricNames.UNKNOWN;
        }
        return mutualTls ? "mutual_tls" : "none";
    }

    private static String named(String cluster) {
        return cluster.isEmpty() || cluster.indexOf('|') >= 0 ? MetricNames.UNKNOWN : cluster;
    }

    private static void add(ImmutableList.Builder<String> pairs, String side, Workload workload, String principal) {
        pairs.add(side + "_workload", workload.name);
        pairs.add(side + "_canonical_service", workload.canonicalService);
        pairs.add(side + "_canonical_revision", workload.canonicalRevision);
        pairs.add(side + "_workload_namespace", workload.namespace);
        pairs.add(side + "_principal", known(principal));
        pairs.add(side + "_app", workload.app);
        pairs.add(side + "_version", workload.version);
        pairs.add(side + "_cluster", workload.cluster);
    }

    private static Workload workload(PeerMetadata peer) {
        return new Workload(
                known(peer.workload()),
                known(peer.namespace()),
                known(peer.canonicalService()),
                peer.canonicalRevision().isEmpty() ? "latest" : peer.canonicalRevision(),
                known(peer.app()),
                known(peer.version()),
                known(peer.cluster()));
    }

    private static String known(String value) {
        return value.isEmpty() ? MetricNames.UNKNOWN : value;
    }

    /** A workload with every gap filled. */
    private record Workload(
            String name,
            String namespace,
            String canonicalService,
            String canonicalRevision,
            String app,
            String version,
            String cluster) {}
}
