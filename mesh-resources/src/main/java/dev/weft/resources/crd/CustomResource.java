package dev.weft.resources.crd;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.schema.FieldTable;
import dev.weft.resources.schema.KindEntry;
import java.util.Comparator;

/**
 * A kind as a cluster names and lists it. Hands to {@link CustomResourceDefinition}. Names, short names and columns are Istio's, so that tools and fingers
 * find what they are used to.
 *
 * @param message of its {@code spec} in the field table
 * @param columns what {@code kubectl get} shows beside the name
 */
@Immutable
public record CustomResource(
        ResourceKind kind, String message, ImmutableList<String> shortNames, ImmutableList<Column> columns) {

    private static final Column AGE = new Column("Age", "date", ".metadata.creationTimestamp");
    private static final String ISTIO = ".istio.io";
    private static final String MESH_CONFIG = "mesh.istio.io";

    /** A column of {@code kubectl get}. */
    @Immutable
    public record Column(String name, String type, String path) {}

    /** The kinds of Istio that the table serves, by their full names. What the platform defines by itself, or lies in a ConfigMap, is not among them. */
    public static ImmutableList<CustomResource> all(FieldTable table) {
        return table.kinds().values().stream()
                .filter(KindEntry.Served.class::isInstance)
                .map(KindEntry.Served.class::cast)
                .filter(served -> served.kind().group().endsWith(ISTIO)
                        && !served.kind().group().equals(MESH_CONFIG))
                .map(served -> of(served.kind(), served.message()))
                .sorted(Comparator.comparing(CustomResource::name))
                .collect(ImmutableList.toImmutableList());
    }

    private static CustomResource of(ResourceKind kind, String message) {
        return switch (kind.kindName()) {
            case "VirtualService" ->
                listed(
                        kind,
                        message,
                        ImmutableList.of("vs"),
                        new Column("Gateways", "string", ".spec.gateways"),
                        new Column("Hosts", "string", ".spec.hosts"));
            case "DestinationRule" ->
                listed(kind, message, ImmutableList.of("dr"), new Column("Host", "string", ".spec.host"));
            case "ServiceEntry" ->
                listed(
                        kind,
                        message,
                        ImmutableList.of("se"),
                        new Column("Hosts", "string", ".spec.hosts"),
                        new Column("Location", "string", ".spec.location"),
                        new Column("Resolution", "string", ".spec.resolution"));
            case "WorkloadEntry" ->
                listed(kind, message, ImmutableList.of("we"), new Column("Address", "string", ".spec.address"));
            case "WorkloadGroup" -> listed(kind, message, ImmutableList.of("wg"));
            case "Gateway" -> listed(kind, message, ImmutableList.of("gw"));
            case "PeerAuthentication" ->
                listed(kind, message, ImmutableList.of("pa"), new Column("Mode", "string", ".spec.mtls.mode"));
            case "AuthorizationPolicy" ->
                listed(kind, message, ImmutableList.of("ap"), new Column("Action", "string", ".spec.action"));
            case "RequestAuthentication" -> listed(kind, message, ImmutableList.of("ra"));
            case "Telemetry" -> listed(kind, message, ImmutableList.of("telemetry"));
            default -> listed(kind, message, ImmutableList.of());
        };
    }

    private static CustomResource listed(
            ResourceKind kind, String message, ImmutableList<String> shortNames, Column... columns) {
        return new CustomResource(
                kind,
                message,
                shortNames,
                ImmutableList.<Column>builder().add(columns).add(AGE).build());
    }

    /** The name of the definition: plural and group. */
    public String name() {
        return plural() + "." + kind.group();
    }

    public String singular() {
        return Ascii.toLowerCase(kind.kindName());
    }

    public String plural() {
        String singular = singular();
        if (singular.endsWith("y") && !singular.endsWith("ay")) {
            return singular.substring(0, singular.length() - 1) + "ies";
        }
        return singular + (singular.endsWith("s") ? "es" : "s");
    }
}
