package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.resources.FieldPath;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.Namespace;
import dev.weft.resources.Node;
import dev.weft.resources.Problem.Effect;
import dev.weft.resources.Problem.Severity;
import dev.weft.resources.ProblemCode;
import dev.weft.resources.Resource;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.ResourceMeta;
import dev.weft.resources.SourceLocation;
import dev.weft.resources.schema.FieldTable;
import dev.weft.resources.schema.Finding;
import dev.weft.resources.schema.KindEntry;
import dev.weft.resources.schema.NearestName;
import dev.weft.resources.schema.TreeChecker;
import dev.weft.resources.yaml.YamlNode;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads one object of a kind that is served: metadata, then the table's check of its spec, then the kind's own reader. Immutable. */
final class ObjectParser {
    static final FieldPath SPEC = FieldPath.ROOT.field("spec");

    private static final FieldPath METADATA = FieldPath.ROOT.field("metadata");
    private static final String DEFAULT_NAMESPACE = "default";
    private static final ImmutableList<String> ENVELOPE = ImmutableList.of("apiVersion", "kind", "metadata");
    private static final ImmutableList<String> TOP_LEVEL =
            ImmutableList.of("apiVersion", "kind", "metadata", "spec", "status");

    private final FieldTable table;

    ObjectParser(FieldTable table) {
        this.table = table;
    }

    Parsed parse(String file, YamlNode.Mapping root, KindEntry.Served entry) {
        ResourceKind kind = entry.kind();
        if (kind == ResourceKind.MESH_CONFIG) {
            return meshConfig(file, root.mapping("spec").orElseGet(() -> without(root, ENVELOPE)));
        }
        TreeChecker checker = new TreeChecker(table);
        YamlNode metadataNode = root.get("metadata").orElse(null);
        if (!(metadataNode instanceof YamlNode.Mapping writtenMetadata)) {
            return ResourceParser.lost(
                    place(file, root), ProblemCode.MISSING_FIELD, "metadata with a name must be set");
        }
        YamlNode.Mapping metadata = checker.check("ObjectMeta", writtenMetadata, METADATA);
        String name = metadata.text("name").orElse("");
        boolean ofCluster = kind.scope() == ResourceKind.Scope.CLUSTER;
        String namespace = ofCluster ? "" : metadata.text("namespace").orElse(DEFAULT_NAMESPACE);
        if (!Formats.isObjectName(name) || !ofCluster && !Formats.isObjectName(namespace)) {
            return ResourceParser.lost(
                    place(file, metadata),
                    ProblemCode.INVALID_VALUE,
                    "found the name \"" + namespace + "/" + name
                            + "\", expected lower case letters, digits, dashes and dots");
        }
        List<Finding> findings = new ArrayList<>();
        boolean platform = kind.isPlatform();
        boolean hasSpec = !platform && entry.place() == KindEntry.Place.SPEC;
        YamlNode.Mapping spec = platform
                ? root
                : hasSpec
                        ? spec(root, entry.message(), checker, findings)
                        : checker.check(entry.message(), without(root, ENVELOPE), FieldPath.ROOT);
        if (hasSpec) {
            topLevel(root, findings);
        }
        ImmutableList<Finding> metadataErrors = checker.findings().stream()
                .filter(finding -> finding.isError() && finding.path().startsWith(METADATA))
                .collect(ImmutableList.toImmutableList());
        Optional<Instant> created = created(metadata, findings);
        ResourceMeta meta = new ResourceMeta(
                kind,
                root.text("apiVersion").orElse(""),
                namespace,
                name,
                metadataErrors.isEmpty() ? texts(metadata, "labels") : ImmutableMap.of(),
                metadataErrors.isEmpty() ? texts(metadata, "annotations") : ImmutableMap.of(),
                created,
                metadata.text("resourceVersion").orElse(""),
                generation(writtenMetadata),
                place(file, root));
        findings.addAll(0, checker.findings());
        YamlNode.Mapping shown = kind == ResourceKind.SECRET ? SecretReader.redacted(spec) : spec;
        YamlNode.Mapping tree = hasSpec ? inSpec(root, metadata, shown) : atRoot(root, metadata, shown);
        Subject subject = new Subject(meta, new Positions(file, tree), ImmutableList.copyOf(findings));
        return read(subject, new Body(spec, hasSpec ? SPEC : FieldPath.ROOT));
    }

    /** Only an API server sets it, so what is no number was not meant for us. */
    private static long generation(YamlNode.Mapping metadata) {
        return metadata.text("generation")
                .filter(text -> text.matches("[0-9]{1,18}"))
                .map(Long::parseLong)
                .orElse(0L);
    }

    /** The mesh configuration, wherever it was found: there is one, so it has neither namespace nor a name of its own. */
    Parsed meshConfig(String file, YamlNode.Mapping written) {
        TreeChecker checker = new TreeChecker(table);
        YamlNode.Mapping mesh = checker.check("MeshConfig", written, FieldPath.ROOT);
        ResourceMeta builtIn = MeshConfig.DEFAULT.meta();
        ResourceMeta meta = new ResourceMeta(
                builtIn.kind(),
                builtIn.apiVersion(),
                builtIn.namespace(),
                builtIn.name(),
                ImmutableMap.of(),
                ImmutableMap.of(),
                Optional.empty(),
                "",
                0,
                place(file, written));
        Subject subject = new Subject(meta, new Positions(file, mesh), checker.findings());
        if (subject.hasErrors()) {
            return subject.refused(Optional.empty(), ImmutableList.of(), finding -> Effect.REFUSED);
        }
        Checks checks = new Checks(subject.positions());
        return finish(subject, checks, MeshConfigReader.read(meta, new Fields(checks, mesh, FieldPath.ROOT)));
    }

    private static Parsed read(Subject subject, Body body) {
        ResourceMeta meta = subject.meta();
        return switch (meta.kind()) {
            case PEER_AUTHENTICATION -> PeerAuthenticationReader.read(subject, body.node());
            case AUTHORIZATION_POLICY -> AuthorizationPolicyReader.read(subject, body.node());
            case SERVICE -> plain(subject, body, fields -> KubernetesServiceReader.read(meta, fields));
            case WORKLOAD_ENTRY -> plain(subject, body, fields -> WorkloadReader.read(meta, fields));
            case SERVICE_ENTRY -> plain(subject, body, fields -> ServiceEntryReader.read(meta, fields));
            case VIRTUAL_SERVICE -> plain(subject, body, fields -> VirtualServiceReader.read(meta, fields));
            case DESTINATION_RULE -> plain(subject, body, fields -> DestinationRuleReader.read(meta, fields));
            case SIDECAR -> plain(subject, body, fields -> SidecarReader.read(meta, fields));
            case GATEWAY -> plain(subject, body, fields -> IstioGatewayReader.read(meta, fields));
            case GATEWAY_CLASS -> plain(subject, body, fields -> KubernetesGatewayReader.gatewayClass(meta, fields));
            case KUBERNETES_GATEWAY -> plain(subject, body, fields -> KubernetesGatewayReader.read(meta, fields));
            case HTTP_ROUTE -> route(subject, body, fields -> GatewayRouteReader.http(meta, fields));
            case GRPC_ROUTE -> route(subject, body, fields -> GatewayRouteReader.grpc(meta, fields));
            case REFERENCE_GRANT -> plain(subject, body, fields -> KubernetesGatewayReader.grant(meta, fields));
            case SECRET -> plain(subject, body, fields -> SecretReader.read(meta, fields));
            case ENDPOINT_SLICE -> platform(subject, EndpointSliceReader.read(meta, new PlatformFields(body.node())));
            case POD -> platform(subject, PodReader.read(meta, new PlatformFields(body.node())));
            case NODE -> platform(subject, new Node(meta));
            case NAMESPACE -> platform(subject, new Namespace(meta));
            case MESH_CONFIG -> throw new AssertionError("the mesh configuration has no spec");
        };
    }

    private static Parsed plain(Subject subject, Body body, KindReader reader) {
        if (subject.hasErrors()) {
            return subject.refused(Optional.empty(), ImmutableList.of(), finding -> Effect.REFUSED);
        }
        Checks checks = new Checks(subject.positions());
        return finish(subject, checks, reader.read(new Fields(checks, body.node(), body.at())));
    }

    /** Its parents are told of a route that is refused, so they are read even then. */
    private static Parsed route(Subject subject, Body body, KindReader reader) {
        Parsed parsed = plain(subject, body, reader);
        if (!(parsed instanceof Parsed.Refused refused)) {
            return parsed;
        }
        Fields fields = new Fields(new Checks(subject.positions()), body.node(), body.at());
        return refused.withOutline(GatewayRouteReader.outline(subject.meta(), fields));
    }

    private static Parsed platform(Subject subject, Resource resource) {
        return subject.hasErrors()
                ? subject.refused(Optional.empty(), ImmutableList.of(), finding -> Effect.REFUSED)
                : subject.valid(resource, ImmutableList.of());
    }

    private static Parsed finish(Subject subject, Checks checks, Resource resource) {
        ImmutableList<Finding> findings = checks.findings();
        return findings.stream().anyMatch(Finding::isError)
                ? subject.refused(Optional.empty(), findings, finding -> Effect.REFUSED)
                : subject.valid(resource, findings);
    }

    private YamlNode.Mapping spec(YamlNode.Mapping root, String message, TreeChecker checker, List<Finding> findings) {
        YamlNode.Mapping empty = new YamlNode.Mapping(ImmutableMap.of(), root.line(), root.column());
        YamlNode written = root.get("spec").orElse(empty);
        if (written instanceof YamlNode.Scalar scalar && scalar.isNull()) {
            written = empty;
        }
        if (written instanceof YamlNode.Mapping mapping) {
            return checker.check(message, mapping, SPEC);
        }
        findings.add(new Finding(
                Severity.ERROR,
                ProblemCode.WRONG_TYPE,
                SPEC,
                written.line(),
                written.column(),
                "found " + written.describe() + ", expected a mapping"));
        return empty;
    }

    private static void topLevel(YamlNode.Mapping root, List<Finding> findings) {
        for (YamlNode.Entry entry : root.entries().values()) {
            String name = entry.key().text();
            if (!TOP_LEVEL.contains(name)) {
                String hint = NearestName.find(name, TOP_LEVEL)
                        .map(nearest -> ", did you mean \"" + nearest + "\"?")
                        .orElse(", expected one of " + String.join(", ", TOP_LEVEL));
                findings.add(new Finding(
                        Severity.ERROR,
                        ProblemCode.UNKNOWN_FIELD,
                        FieldPath.ROOT.field(name),
                        entry.key().line(),
                        entry.key().column(),
                        "unknown field" + hint));
            }
        }
    }

    private static Optional<Instant> created(YamlNode.Mapping metadata, List<Finding> findings) {
        Optional<String> text = metadata.text("creationTimestamp");
        try {
            return text.map(Instant::parse);
        } catch (DateTimeException e) {
            findings.add(new Finding(
                    Severity.ERROR,
                    ProblemCode.INVALID_VALUE,
                    METADATA.field("creationTimestamp"),
                    metadata.line(),
                    metadata.column(),
                    "found \"" + text.orElse("") + "\", expected a time such as 2026-01-31T10:00:00Z"));
            return Optional.empty();
        }
    }

    private static ImmutableMap<String, String> texts(YamlNode.Mapping metadata, String field) {
        ImmutableMap.Builder<String, String> texts = ImmutableMap.builder();
        metadata.mapping(field)
                .ifPresent(mapping -> mapping.entries()
                        .keySet()
                        .forEach(key -> texts.put(key, mapping.text(key).orElse(""))));
        return texts.buildOrThrow();
    }

    private static YamlNode.Mapping inSpec(YamlNode.Mapping root, YamlNode.Mapping metadata, YamlNode.Mapping spec) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>(root.entries());
        entries.computeIfPresent("metadata", (name, entry) -> new YamlNode.Entry(entry.key(), metadata));
        entries.computeIfPresent("spec", (name, entry) -> new YamlNode.Entry(entry.key(), spec));
        return new YamlNode.Mapping(ImmutableMap.copyOf(entries), root.line(), root.column());
    }

    private static YamlNode.Mapping atRoot(YamlNode.Mapping root, YamlNode.Mapping metadata, YamlNode.Mapping body) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>(body.entries());
        YamlNode.Entry written = root.entries().get("metadata");
        if (written != null) {
            entries.put("metadata", new YamlNode.Entry(written.key(), metadata));
        }
        return new YamlNode.Mapping(ImmutableMap.copyOf(entries), root.line(), root.column());
    }

    private static YamlNode.Mapping without(YamlNode.Mapping root, List<String> names) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>(root.entries());
        entries.keySet().removeAll(names);
        return new YamlNode.Mapping(ImmutableMap.copyOf(entries), root.line(), root.column());
    }

    private static SourceLocation place(String file, YamlNode node) {
        return new SourceLocation(file, node.line(), node.column());
    }

    /** What an object says, and where that stands in it. */
    private record Body(YamlNode.Mapping node, FieldPath at) {}

    /** Makes the record of one kind from a spec without errors. */
    private interface KindReader {
        Resource read(Fields spec);
    }
}
