package dev.weft.resources.parse;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.weft.resources.Resource;
import dev.weft.resources.schema.Field;
import dev.weft.resources.schema.FieldTable;
import dev.weft.resources.schema.FieldType;
import dev.weft.resources.schema.KindEntry;
import dev.weft.resources.yaml.YamlDocument;
import dev.weft.resources.yaml.YamlDocuments;
import dev.weft.resources.yaml.YamlNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Nothing is silent: a field that the table calls served changes the record, or makes a problem, when it is taken away. */
class EveryFieldTest {
    /** Served in one value only, which is what happens without it. */
    private static final ImmutableSet<String> ONE_VALUE = ImmutableSet.of("inboundTrafficPolicy");

    private static final ImmutableSet<String> ENVELOPE = ImmutableSet.of("apiVersion", "kind", "metadata");

    private final ResourceParser parser = new ResourceParser();
    private final FieldTable table = FieldTable.load();

    @Test
    void readsEveryServedField() throws IOException {
        List<String> silent = new ArrayList<>();
        for (YamlNode.Mapping document : examples()) {
            Resource whole = valid(document);
            for (YamlNode.Mapping less : without(spec(document), document)) {
                if (parser.parse("less", json(less)).objects().getFirst() instanceof Parsed.Valid valid
                        && valid.resource().equals(whole)) {
                    silent.add(whole.key() + ": " + json(less));
                }
            }
        }

        assertThat(silent).isEmpty();
    }

    @Test
    void hasAnExampleOfEveryServedField() throws IOException {
        Set<String> seen = new TreeSet<>();
        Set<String> served = new TreeSet<>();
        for (YamlNode.Mapping document : examples()) {
            String message = message(document);
            collectSeen(message, spec(document), seen);
            collectServed(message, served);
        }

        served.removeAll(seen);
        assertThat(served).isEmpty();
    }

    private void collectSeen(String message, YamlNode.Mapping mapping, Set<String> seen) {
        mapping.entries().forEach((name, entry) -> {
            Field field = table.message(message).fields().get(name);
            assertThat(field).as(message + "." + name).isNotNull();
            seen.add(message + "." + name);
            collectSeen(field.type(), entry.value(), seen);
        });
    }

    private void collectSeen(FieldType type, YamlNode node, Set<String> seen) {
        if (type instanceof FieldType.Named(String name) && node instanceof YamlNode.Mapping mapping) {
            collectSeen(name, mapping, seen);
        } else if (type instanceof FieldType.ListOf(FieldType item) && node instanceof YamlNode.Sequence sequence) {
            sequence.items().forEach(element -> collectSeen(item, element, seen));
        } else if (type instanceof FieldType.MapOf map && node instanceof YamlNode.Mapping mapping) {
            mapping.entries().values().forEach(entry -> collectSeen(map.value(), entry.value(), seen));
        }
    }

    private void collectServed(String message, Set<String> served) {
        for (Field field : table.message(message).fields().values()) {
            if (field.serving() == Field.Serving.SERVED && served.add(message + "." + field.name())) {
                String inner = inner(field.type());
                if (table.messages().containsKey(inner)) {
                    collectServed(inner, served);
                }
            }
        }
    }

    private static String inner(FieldType type) {
        return switch (type) {
            case FieldType.Named(String name) -> name;
            case FieldType.ListOf(FieldType item) -> inner(item);
            case FieldType.MapOf(FieldType value, FieldType.Keys ignored) -> inner(value);
            case FieldType.Plain ignored -> "";
            case FieldType.Anything ignored -> "";
        };
    }

    private Resource valid(YamlNode.Mapping document) {
        Parsed parsed = parser.parse("example", json(document)).objects().getFirst();
        assertThat(parsed).as(() -> parsed.problems().toString()).isInstanceOf(Parsed.Valid.class);
        return ((Parsed.Valid) parsed).resource();
    }

    private String message(YamlNode.Mapping document) {
        return entry(document).message();
    }

    private KindEntry.Served entry(YamlNode.Mapping document) {
        String apiVersion = document.text("apiVersion").orElse("mesh.istio.io/v1alpha1");
        int slash = apiVersion.indexOf('/');
        String group = slash < 0 ? "" : apiVersion.substring(0, slash);
        return (KindEntry.Served) table.kind(group, document.text("kind").orElse("MeshConfig"));
    }

    /** What is said beside apiVersion, kind and metadata. */
    private YamlNode.Mapping spec(YamlNode.Mapping document) {
        if (entry(document).place() == KindEntry.Place.SPEC) {
            return document.mapping("spec").orElse(document);
        }
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>(document.entries());
        entries.keySet().removeAll(ENVELOPE);
        return new YamlNode.Mapping(ImmutableMap.copyOf(entries), 1, 1);
    }

    /** The document once for each field under its spec, without that field. */
    private List<YamlNode.Mapping> without(YamlNode.Mapping spec, YamlNode.Mapping document) {
        List<YamlNode> specs = variants(spec);
        boolean atRoot = entry(document).place() == KindEntry.Place.ROOT;
        return specs.stream()
                .map(less -> atRoot
                        ? enveloped(document, (YamlNode.Mapping) less)
                        : document.equals(spec) ? (YamlNode.Mapping) less : with(document, "spec", less))
                .toList();
    }

    private static YamlNode.Mapping enveloped(YamlNode.Mapping document, YamlNode.Mapping body) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>(document.entries());
        entries.keySet().retainAll(ENVELOPE);
        entries.putAll(body.entries());
        return new YamlNode.Mapping(ImmutableMap.copyOf(entries), 1, 1);
    }

    private static List<YamlNode> variants(YamlNode node) {
        return switch (node) {
            case YamlNode.Scalar ignored -> List.of();
            case YamlNode.Mapping mapping -> {
                List<YamlNode> all = new ArrayList<>();
                mapping.entries().forEach((name, entry) -> {
                    if (!ONE_VALUE.contains(name)) {
                        Map<String, YamlNode.Entry> less = new LinkedHashMap<>(mapping.entries());
                        less.remove(name);
                        all.add(new YamlNode.Mapping(ImmutableMap.copyOf(less), 1, 1));
                        variants(entry.value()).forEach(inner -> all.add(with(mapping, name, inner)));
                    }
                });
                yield all;
            }
            case YamlNode.Sequence sequence -> {
                List<YamlNode> all = new ArrayList<>();
                for (int i = 0; i < sequence.items().size(); i++) {
                    int index = i;
                    variants(sequence.items().get(i)).forEach(inner -> {
                        List<YamlNode> items = new ArrayList<>(sequence.items());
                        items.set(index, inner);
                        all.add(new YamlNode.Sequence(ImmutableList.copyOf(items), 1, 1));
                    });
                }
                yield all;
            }
        };
    }

    private static YamlNode.Mapping with(YamlNode.Mapping mapping, String name, YamlNode value) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>(mapping.entries());
        entries.computeIfPresent(name, (key, entry) -> new YamlNode.Entry(entry.key(), value));
        return new YamlNode.Mapping(ImmutableMap.copyOf(entries), 1, 1);
    }

    private static String json(YamlNode node) {
        return switch (node) {
            case YamlNode.Scalar scalar ->
                scalar.type() == YamlNode.ScalarType.STRING
                        ? "\"" + scalar.text().replace("\\", "\\\\").replace("\"", "\\\"") + "\""
                        : scalar.text();
            case YamlNode.Sequence sequence ->
                sequence.items().stream().map(EveryFieldTest::json).collect(Collectors.joining(", ", "[", "]"));
            case YamlNode.Mapping mapping ->
                mapping.entries().values().stream()
                        .map(entry -> "\"" + entry.key().text() + "\": " + json(entry.value()))
                        .collect(Collectors.joining(", ", "{", "}"));
        };
    }

    private static List<YamlNode.Mapping> examples() throws IOException {
        List<YamlNode.Mapping> examples = new ArrayList<>();
        for (String name : List.of("networking.yaml", "gateways.yaml", "security.yaml", "mesh.yaml")) {
            try (InputStream in = EveryFieldTest.class.getResourceAsStream("every-field/" + name)) {
                String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
                for (YamlDocument document : YamlDocuments.read(text)) {
                    examples.add((YamlNode.Mapping) ((YamlDocument.Readable) document).root());
                }
            }
        }
        return examples;
    }
}
