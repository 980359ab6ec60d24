package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.resources.FieldPath;
import dev.weft.resources.Problem;
import dev.weft.resources.Problem.Effect;
import dev.weft.resources.Problem.Severity;
import dev.weft.resources.ProblemCode;
import dev.weft.resources.Resource;
import dev.weft.resources.SourceLocation;
import dev.weft.resources.schema.FieldTable;
import dev.weft.resources.schema.KindEntry;
import dev.weft.resources.schema.NearestName;
import dev.weft.resources.yaml.YamlDocument;
import dev.weft.resources.yaml.YamlDocuments;
import dev.weft.resources.yaml.YamlNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * From text to resources and problems. Sources hand it the text of files (or one object as JSON); the resource store takes what it gives. Immutable, so
 * usable by any thread. The surprising rule: nothing is thrown for bad input, and one bad object never takes another with it.
 */
public final class ResourceParser {
    private static final String MESH_CONFIG_MAP = "istio";

    private final FieldTable table;
    private final ObjectParser objects;

    public ResourceParser() {
        this(FieldTable.load());
    }

    ResourceParser(FieldTable table) {
        this.table = table;
        this.objects = new ObjectParser(table);
    }

    /**
     * Reads all objects of a text in YAML or JSON.
     *
     * @param file the name that problems carry
     */
    public ParsedFile parse(String file, String text) {
        if (YamlDocuments.isVoid(text)) {
            Problem problem = problem(
                    Severity.WARNING,
                    ProblemCode.UNREADABLE_FILE,
                    new SourceLocation(file, 0, 0),
                    "",
                    "the file is empty, as if it were being written: what it held stays until the file is deleted or has content",
                    Effect.LAST_VALID_KEPT);
            return new ParsedFile(
                    file, ImmutableList.of(new Parsed.Skipped(ImmutableList.of(problem))), ParsedFile.Extent.PARTIAL);
        }
        List<Parsed> parsed = new ArrayList<>();
        for (YamlDocument document : YamlDocuments.read(text)) {
            switch (document) {
                case YamlDocument.Broken(int line, int column, String message) ->
                    parsed.add(lost(new SourceLocation(file, line, column), ProblemCode.NOT_YAML, message));
                case YamlDocument.Readable(YamlNode root) -> document(file, root, parsed);
            }
        }
        return ParsedFile.of(file, ImmutableList.copyOf(parsed));
    }

    /**
     * Reads one object that a source already has as a tree, such as an API server's.
     *
     * @param name the name that problems carry
     */
    public ParsedFile parse(String name, YamlNode root) {
        List<Parsed> parsed = new ArrayList<>();
        document(name, root, parsed);
        return ParsedFile.of(name, ImmutableList.copyOf(parsed));
    }

    /**
     * Reads a mesh configuration that stands by itself.
     *
     * @param name the name that problems carry
     */
    public ParsedFile parseMeshConfig(String name, String text) {
        List<Parsed> parsed = new ArrayList<>();
        for (YamlDocument document : YamlDocuments.read(text)) {
            parsed.add(meshConfig(name, "the mesh configuration", document));
        }
        if (parsed.isEmpty()) {
            parsed.add(objects.meshConfig(name, new YamlNode.Mapping(ImmutableMap.of(), 0, 0)));
        }
        return ParsedFile.of(name, ImmutableList.of(parsed.getFirst()));
    }

    /** What a source reports when it cannot read a file at all; everything that the file held stays. */
    public static ParsedFile unreadable(String file, String reason) {
        return ParsedFile.of(
                file, ImmutableList.of(lost(new SourceLocation(file, 0, 0), ProblemCode.UNREADABLE_FILE, reason)));
    }

    private void document(String file, YamlNode root, List<Parsed> parsed) {
        if (!(root instanceof YamlNode.Mapping mapping)) {
            parsed.add(lost(
                    at(file, root),
                    ProblemCode.NOT_AN_OBJECT,
                    "found " + root.describe() + ", expected an object with apiVersion, kind and metadata"));
            return;
        }
        boolean list =
                mapping.text("kind").filter(kind -> kind.endsWith("List")).isPresent();
        if (list && mapping.get("items").orElse(null) instanceof YamlNode.Sequence items) {
            items.items().forEach(item -> document(file, item, parsed));
        } else {
            parsed.add(object(file, mapping));
        }
    }

    private Parsed object(String file, YamlNode.Mapping root) {
        Optional<String> kind = root.text("kind");
        Optional<String> apiVersion = root.text("apiVersion");
        if (kind.isEmpty() && apiVersion.isEmpty() && isBareMeshConfig(root)) {
            return objects.meshConfig(file, root);
        }
        if (kind.isEmpty() || apiVersion.isEmpty()) {
            return lost(
                    at(file, root),
                    ProblemCode.MISSING_FIELD,
                    (kind.isEmpty() ? "kind" : "apiVersion") + " must be set");
        }
        int slash = apiVersion.get().indexOf('/');
        String group = slash < 0 ? "" : apiVersion.get().substring(0, slash);
        String version = apiVersion.get().substring(slash + 1);
        if (group.isEmpty() && kind.get().equals("ConfigMap")) {
            return configMap(file, root);
        }
        return switch (table.kind(group, kind.get())) {
            case KindEntry.Served entry ->
                entry.kind().versions().contains(version)
                        ? objects.parse(file, root, entry)
                        : lost(
                                at(file, root),
                                ProblemCode.UNKNOWN_API_VERSION,
                                "found the version " + version + " of " + kind.get() + ", expected one of "
                                        + String.join(", ", entry.kind().versions()));
            case KindEntry.Unserved(String name, String reason) -> unserved(file, root, name, reason);
            case KindEntry.Unknown(ImmutableList<String> known) ->
                lost(
                        at(file, root),
                        ProblemCode.UNKNOWN_KIND,
                        group + " has no kind " + kind.get()
                                + NearestName.find(kind.get(), known)
                                        .map(name -> ", did you mean " + name + "?")
                                        .orElse(", expected one of " + String.join(", ", known)));
            case KindEntry.Foreign() -> foreign(file, root, kind.get(), group);
        };
    }

    private boolean isBareMeshConfig(YamlNode.Mapping root) {
        var fields = table.message("MeshConfig").fields().keySet();
        return root.get("metadata").isEmpty()
                && root.entries().keySet().stream().anyMatch(fields::contains);
    }

    /** Istio keeps its mesh configuration as a text in a ConfigMap of this name; other ConfigMaps are none of ours. */
    private Parsed configMap(String file, YamlNode.Mapping root) {
        Optional<String> name = root.mapping("metadata").flatMap(metadata -> metadata.text("name"));
        YamlNode mesh = root.mapping("data").flatMap(data -> data.get("mesh")).orElse(null);
        if (!name.equals(Optional.of(MESH_CONFIG_MAP)) || !(mesh instanceof YamlNode.Scalar text)) {
            return foreign(file, root, "ConfigMap", "");
        }
        // The text of a block scalar begins on the line after its key; columns inside it are not those of the file.
        boolean block = text.text().indexOf('\n') >= 0;
        for (YamlDocument document : YamlDocuments.read(text.text(), text.line() + (block ? 1 : 0))) {
            return meshConfig(file, "data.mesh", document);
        }
        return objects.meshConfig(file, new YamlNode.Mapping(ImmutableMap.of(), text.line(), text.column()));
    }

    private Parsed meshConfig(String file, String what, YamlDocument document) {
        return switch (document) {
            case YamlDocument.Broken(int line, int ignored, String message) ->
                lost(new SourceLocation(file, line, 0), ProblemCode.NOT_YAML, what + " is " + message);
            case YamlDocument.Readable(YamlNode inner) ->
                inner instanceof YamlNode.Mapping mapping
                        ? objects.meshConfig(file, mapping)
                        : lost(
                                at(file, inner),
                                ProblemCode.NOT_AN_OBJECT,
                                "found " + inner.describe() + " in " + what + ", expected a mapping");
        };
    }

    private static Parsed unserved(String file, YamlNode.Mapping root, String kind, String reason) {
        String why = reason.isEmpty() ? "" : ": " + reason;
        return new Parsed.Skipped(ImmutableList.of(problem(
                Severity.ERROR,
                ProblemCode.UNSUPPORTED_KIND,
                at(file, root),
                name(root),
                "the kind " + kind + " is not served by this version of Weft" + why,
                Effect.SKIPPED)));
    }

    private Parsed foreign(String file, YamlNode.Mapping root, String kind, String group) {
        Optional<String> expected = table.groupOf(kind).filter(known -> !known.isEmpty());
        if (expected.isPresent()) {
            return lost(
                    at(file, root),
                    ProblemCode.UNKNOWN_API_VERSION,
                    "found " + kind + " in the API group \"" + group + "\", expected " + expected.get());
        }
        boolean platform = group.indexOf('.') < 0 || group.endsWith(".k8s.io");
        return new Parsed.Skipped(ImmutableList.of(problem(
                platform ? Severity.INFO : Severity.WARNING,
                ProblemCode.UNKNOWN_KIND,
                at(file, root),
                name(root),
                "the kind " + kind + (group.isEmpty() ? "" : " of " + group) + " is none that a mesh reads",
                Effect.SKIPPED)));
    }

    static Parsed lost(SourceLocation location, ProblemCode code, String message) {
        return new Parsed.Refused(
                Optional.empty(),
                Optional.<Resource>empty(),
                Optional.<Resource>empty(),
                new Positions(
                        location.file(), new YamlNode.Mapping(ImmutableMap.of(), location.line(), location.column())),
                ImmutableList.of(problem(Severity.ERROR, code, location, "", message, Effect.REFUSED)));
    }

    private static Problem problem(
            Severity severity,
            ProblemCode code,
            SourceLocation location,
            String resource,
            String message,
            Effect effect) {
        return new Problem(severity, code, resource, location, FieldPath.ROOT.toString(), message, effect);
    }

    private static SourceLocation at(String file, YamlNode node) {
        return new SourceLocation(file, node.line(), node.column());
    }

    private static String name(YamlNode.Mapping root) {
        String kind = root.text("kind").orElse("");
        Optional<YamlNode.Mapping> metadata = root.mapping("metadata");
        String namespace =
                metadata.flatMap(m -> m.text("namespace")).map(n -> n + "/").orElse("");
        return kind + " " + namespace + metadata.flatMap(m -> m.text("name")).orElse("");
    }
}
