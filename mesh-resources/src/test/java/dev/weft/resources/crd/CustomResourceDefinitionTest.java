package dev.weft.resources.crd;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.schema.FieldTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The definitions in {@code charts/weft-base} are what the field table says; {@code -Dgolden.update} rewrites them. */
final class CustomResourceDefinitionTest {
    private static final FieldTable TABLE = FieldTable.load();
    private static final Path FOLDER = Path.of("../charts/weft-base/files/crds");

    static Stream<CustomResource> kinds() {
        return CustomResource.all(TABLE).stream();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void theChartHasWhatTheFieldTableSays(CustomResource resource) throws IOException {
        Path file = FOLDER.resolve(resource.name() + ".yaml");
        String expected = CustomResourceDefinition.yaml(TABLE, resource);
        if (System.getProperty("golden.update") != null) {
            Files.createDirectories(FOLDER);
            Files.writeString(file, expected);
        }

        assertThat(file)
                .as("written by mvn -pl mesh-resources -am test -Dtest=CustomResourceDefinitionTest"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dgolden.update")
                .content()
                .isEqualTo(expected);
    }

    @Test
    void theChartHasNoOtherDefinitions() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            kinds().map(kind -> kind.name() + ".yaml").toList());
        }
    }

    @Test
    void namesAreIstios() {
        assertThat(kinds().map(CustomResource::name))
                .contains(
                        "virtualservices.networking.istio.io",
                        "destinationrules.networking.istio.io",
                        "serviceentries.networking.istio.io",
                        "workloadentries.networking.istio.io",
                        "sidecars.networking.istio.io",
                        "peerauthentications.security.istio.io",
                        "authorizationpolicies.security.istio.io");
    }

    /** What the API server asks of a structural schema: a type everywhere, except where anything goes, and no types inside combinations. */
    @ParameterizedTest
    @MethodSource("kinds")
    void schemasAreStructural(CustomResource resource) {
        assertStructural(schema(resource), resource.name());
    }

    @Test
    void everyYamlOfOursFits() throws IOException {
        List<Path> folders = ImmutableList.of(
                Path.of("../examples"),
                Path.of("src/test/resources/dev/weft/resources/parse/every-field"),
                Path.of("src/test/resources/dev/weft/resources/parse/samples"));
        int checked = 0;
        for (Path folder : folders) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(each -> each.toString().endsWith(".yaml"))
                        .filter(each -> !each.toString().contains("broken")
                                && !each.toString().contains("target"))
                        .toList()) {
                    checked += assertFits(file);
                }
            }
        }
        assertThat(checked).isGreaterThan(30);
    }

    @Test
    void mistakesDoNotFit() {
        Map<?, ?> schema = schema(kind("VirtualService"));

        assertThat(check(schema, "spec: {hosts: [a], http: [{route: [{destination: {host: a}, weight: most}]}]}"))
                .containsExactly(".spec.http[0].route[0].weight: found most, expected integer");
        assertThat(check(schema, "spec: {hosts: [a], http: [{route: [{destination: {}}]}]}"))
                .containsExactly(".spec.http[0].route[0].destination.host: missing");
        assertThat(check(schema, "spec: {http: [{match: [{uri: {exact: /a, prefix: /b}}]}]}"))
                .singleElement()
                .asString()
                .startsWith(".spec.http[0].match[0].uri: expected one of");
        assertThat(check(schema, "spec: {http: [{retrys: {attempts: 3}}]}"))
                .as("a misspelled field stays, so that the webhook sees it")
                .isEmpty();
    }

    private static int assertFits(Path file) throws IOException {
        int checked = 0;
        for (Object document : load(Files.readString(file))) {
            if (document instanceof Map<?, ?> object) {
                Optional<CustomResource> kind = kinds().filter(
                                each -> each.kind().kindName().equals(object.get("kind")))
                        .filter(each -> String.valueOf(object.get("apiVersion"))
                                .startsWith(each.kind().group()))
                        .findFirst();
                if (kind.isPresent()) {
                    checked++;
                    assertThat(SchemaCheck.check(schema(kind.get()), object))
                            .as(file + " " + object.get("kind"))
                            .filteredOn(finding -> !finding.matches("\\.(apiVersion|kind|metadata): would be pruned"))
                            .isEmpty();
                }
            }
        }
        return checked;
    }

    private static void assertStructural(Map<?, ?> schema, String path) {
        boolean open = Boolean.TRUE.equals(schema.get("x-kubernetes-preserve-unknown-fields"))
                || Boolean.TRUE.equals(schema.get("x-kubernetes-int-or-string"));
        assertThat(open || schema.containsKey("type")).as(path + " has a type").isTrue();
        for (String combination : List.of("oneOf", "allOf", "anyOf")) {
            if (schema.containsKey(combination)) {
                assertThat(schema.get(combination).toString()).as(path).doesNotContain("type=", "properties=");
            }
        }
        if (schema.get("properties") instanceof Map<?, ?> properties) {
            properties.forEach((name, property) -> assertStructural((Map<?, ?>) property, path + "." + name));
        }
        if (schema.get("items") instanceof Map<?, ?> items) {
            assertStructural(items, path + "[]");
        }
        if (schema.get("additionalProperties") instanceof Map<?, ?> values) {
            assertStructural(values, path + "{}");
        }
    }

    private static CustomResource kind(String name) {
        return kinds().filter(each -> each.kind().kindName().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static List<String> check(Map<?, ?> schema, String yaml) {
        return SchemaCheck.check(schema, load(yaml).getFirst());
    }

    private static Map<?, ?> schema(CustomResource resource) {
        Map<?, ?> spec =
                (Map<?, ?>) CustomResourceDefinition.tree(TABLE, resource).get("spec");
        Map<?, ?> version = (Map<?, ?>) ((List<?>) spec.get("versions")).getFirst();
        return (Map<?, ?>) ((Map<?, ?>) version.get("schema")).get("openAPIV3Schema");
    }

    private static List<Object> load(String yaml) {
        return ImmutableList.copyOf(new Load(LoadSettings.builder().build()).loadAllFromString(yaml));
    }
}
