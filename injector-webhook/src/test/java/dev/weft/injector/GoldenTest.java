package dev.weft.injector;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import dev.weft.injector.config.InjectorConfigReader;
import dev.weft.injector.manifest.ManifestInjector;
import dev.weft.injector.manifest.ManifestYaml;
import dev.weft.injector.select.NamespaceLabels;
import dev.weft.injector.tree.Note;
import dev.weft.injector.tree.PodTree;
import dev.weft.injector.tree.YamlTrees;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.parse.Parsed;
import dev.weft.resources.parse.ResourceParser;
import dev.weft.resources.yaml.YamlDocument;
import dev.weft.resources.yaml.YamlDocuments;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each {@code case.in.yaml} becomes {@code case.out.yaml} with the words of {@code case.problems.yaml}, under {@code case.values.yaml}, {@code case.templates.yaml}
 * and {@code case.mesh.yaml} where there are any; a Namespace in it gives its labels. {@code -Dgolden.update} rewrites them.
 */
class GoldenTest {
    private static final Path CASES =
            Path.of(System.getProperty("basedir", "."), "src/test/resources/dev/weft/injector/cases");

    static List<String> cases() throws IOException {
        try (Stream<Path> files = Files.list(CASES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".in.yaml"))
                    .map(name -> name.substring(0, name.length() - ".in.yaml".length()))
                    .sorted()
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void injectsAsTheFileSays(String name) throws IOException {
        String written = Files.readString(CASES.resolve(name + ".in.yaml"));
        Injector injector = injector(name);
        Map<String, NamespaceLabels> namespaces = namespaces(written);
        ManifestInjector manifests = new ManifestInjector(
                injector,
                "default",
                namespace -> namespaces.getOrDefault(namespace, new NamespaceLabels.ChosenBefore()));

        ManifestInjector.Outcome outcome = manifests.inject(written);

        String problems = problems(outcome);
        if (System.getProperty("golden.update") != null) {
            Files.writeString(CASES.resolve(name + ".out.yaml"), outcome.text());
            Files.writeString(CASES.resolve(name + ".problems.yaml"), problems);
        }
        assertThat(outcome.text()).isEqualTo(Files.readString(CASES.resolve(name + ".out.yaml")));
        assertThat(problems).isEqualTo(Files.readString(CASES.resolve(name + ".problems.yaml")));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void leavesWhatIsInjectedAsItIs(String name) throws IOException {
        String injected = Files.readString(CASES.resolve(name + ".out.yaml"));
        Map<String, NamespaceLabels> namespaces = namespaces(injected);
        ManifestInjector manifests = new ManifestInjector(
                injector(name),
                "default",
                namespace -> namespaces.getOrDefault(namespace, new NamespaceLabels.ChosenBefore()));

        assertThat(manifests.inject(injected).text()).isEqualTo(injected);
    }

    private static Injector injector(String name) throws IOException {
        InjectorConfigReader.Outcome config =
                InjectorConfigReader.read(optional(name + ".values.yaml"), optional(name + ".templates.yaml"));
        assertThat(config.notes()).isEmpty();
        String mesh = optional(name + ".mesh.yaml");
        MeshConfig meshConfig = mesh.isEmpty()
                ? MeshConfig.DEFAULT
                : (MeshConfig) ((Parsed.Valid) new ResourceParser()
                                .parse("mesh", mesh)
                                .objects()
                                .getFirst())
                        .resource();
        return new Injector(config.config(), meshConfig, Injector.automatic(30));
    }

    private static Map<String, NamespaceLabels> namespaces(String text) {
        Map<String, NamespaceLabels> namespaces = new HashMap<>();
        for (YamlDocument document : YamlDocuments.read(text)) {
            JsonNode object = YamlTrees.toJson(((YamlDocument.Readable) document).root());
            if (object.path("kind").asText().equals("Namespace")) {
                ImmutableMap<String, String> labels = new PodTree((ObjectNode) object).labels();
                namespaces.put(object.path("metadata").path("name").asText(), new NamespaceLabels.Known(labels));
            }
        }
        return namespaces;
    }

    private static String problems(ManifestInjector.Outcome outcome) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        for (ManifestInjector.Workload workload : outcome.workloads()) {
            ObjectNode item = list.addObject().put("workload", workload.title());
            switch (workload.injection()) {
                case Injection.Injected injected -> {
                    item.put("outcome", "injected");
                    injected.warnings()
                            .forEach(note -> item.withArrayProperty("warnings").add(note.text()));
                }
                case Injection.NotInjected(var reason, String text) ->
                    item.put("outcome", "not injected")
                            .put("reason", reason.name())
                            .put("text", text);
                case Injection.Refused refused -> {
                    item.put("outcome", "refused");
                    for (Note note : refused.notes()) {
                        item.withArrayProperty(note.isRefusal() ? "refusals" : "warnings")
                                .add(note.text());
                    }
                }
            }
        }
        return ManifestYaml.write(list);
    }

    private static String optional(String file) throws IOException {
        return Files.exists(CASES.resolve(file)) ? Files.readString(CASES.resolve(file)) : "";
    }
}
