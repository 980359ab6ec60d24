package dev.weft.proxy.telemetry;

import com.google.common.collect.ImmutableSortedMap;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.weft.proxy.exchange.PeerMetadata;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a workload tells its peers about itself, and how that looks on the wire: a {@code google.protobuf.Struct} with the keys of
 * Istio's metadata exchange. Immutable.
 *
 * @param nodeId of the proxy, which is the key under which peers remember the rest
 * @param instance name of the workload's instance (the pod)
 * @param workload name of what it is an instance of
 * @param cluster id of the cluster
 */
public record WorkloadMetadata(
        String nodeId,
        String instance,
        String workload,
        String namespace,
        String cluster,
        ImmutableSortedMap<String, String> labels) {
    private static final String CANONICAL_NAME = "service.istio.io/canonical-name";
    private static final String CANONICAL_REVISION = "service.istio.io/canonical-revision";
    private static final String OWNER = "kubernetes://apis/apps/v1/namespaces/%s/deployments/%s";

    /** The Struct's bytes. Deterministic: fields and labels stand in the order of their names. */
    public byte[] encode() {
        Struct.Builder labelValues = Struct.newBuilder();
        Map<String, String> all = new TreeMap<>(labels);
        all.putIfAbsent(CANONICAL_NAME, canonicalService());
        all.putIfAbsent(CANONICAL_REVISION, canonicalRevision());
        all.forEach((name, value) -> labelValues.putFields(name, text(value)));
        return Struct.newBuilder()
                .putFields("CLUSTER_ID", text(cluster))
                .putFields(
                        "LABELS", Value.newBuilder().setStructValue(labelValues).build())
                .putFields("NAME", text(instance))
                .putFields("NAMESPACE", text(namespace))
                .putFields("OWNER", text(OWNER.formatted(namespace, workload)))
                .putFields("WORKLOAD_NAME", text(workload))
                .build()
                .toByteArray();
    }

    public String canonicalService() {
        return first(labels, workload, CANONICAL_NAME, "app.kubernetes.io/name", "app");
    }

    public String canonicalRevision() {
        return first(labels, "latest", CANONICAL_REVISION, "app.kubernetes.io/version", "version");
    }

    /** The workload as metrics name it. */
    public PeerMetadata asPeer() {
        return peer(nodeId, workload, namespace, cluster, labels);
    }

    /** Reads a peer's bytes. @throws InvalidProtocolBufferException when they are no Struct */
    public static PeerMetadata decode(String nodeId, byte[] struct) throws InvalidProtocolBufferException {
        Struct metadata = Struct.parseFrom(struct);
        Map<String, String> labels = new TreeMap<>();
        metadata.getFieldsOrDefault("LABELS", Value.getDefaultInstance())
                .getStructValue()
                .getFieldsMap()
                .forEach((name, value) -> labels.put(name, value.getStringValue()));
        return peer(
                nodeId,
                string(metadata, "WORKLOAD_NAME"),
                string(metadata, "NAMESPACE"),
                string(metadata, "CLUSTER_ID"),
                labels);
    }

    private static PeerMetadata peer(
            String id, String workload, String namespace, String cluster, Map<String, String> labels) {
        return new PeerMetadata(
                id,
                workload,
                namespace,
                first(labels, workload, CANONICAL_NAME, "app.kubernetes.io/name", "app"),
                first(labels, "latest", CANONICAL_REVISION, "app.kubernetes.io/version", "version"),
                labels.getOrDefault("app", ""),
                labels.getOrDefault("version", ""),
                cluster);
    }

    private static String string(Struct struct, String key) {
        return struct.getFieldsOrDefault(key, Value.getDefaultInstance()).getStringValue();
    }

    private static Value text(String value) {
        return Value.newBuilder().setStringValue(value).build();
    }

    private static String first(Map<String, String> labels, String otherwise, String... names) {
        for (String name : names) {
            String value = labels.get(name);
            if (value != null && !value.isEmpty()) {
                return value;
            }
        }
        return otherwise;
    }
}
