package dev.weft.injector.patch;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.injector.tree.YamlTrees;
import org.junit.jupiter.api.Test;

class JsonPatchTest {
    @Test
    void saysNothingAboutEqualTrees() {
        assertThat(JsonPatch.between(tree("{a: [1, {b: c}]}"), tree("{a: [1, {b: c}]}")))
                .isEmpty();
    }

    @Test
    void namesTheSmallestChange() {
        JsonNode patch =
                JsonPatch.between(tree("{a: {b: 1, c: 2}, d: [{e: 1}]}"), tree("{a: {b: 3}, d: [{e: 1, f: 2}]}"));

        assertThat(patch.toString())
                .isEqualTo("[{\"op\":\"remove\",\"path\":\"/a/c\"},{\"op\":\"replace\",\"path\":\"/a/b\",\"value\":3},"
                        + "{\"op\":\"add\",\"path\":\"/d/0/f\",\"value\":2}]");
    }

    @Test
    void replacesAListThatGrew() {
        JsonNode patch = JsonPatch.between(tree("{a: [1]}"), tree("{a: [0, 1]}"));

        assertThat(patch.toString()).isEqualTo("[{\"op\":\"replace\",\"path\":\"/a\",\"value\":[0,1]}]");
    }

    @Test
    void escapesSlashesAndTildesOfNames() {
        JsonNode patch = JsonPatch.between(tree("{}"), tree("{'weft.dev/a~b': x}"));

        assertThat(patch.get(0).path("path").asText()).isEqualTo("/weft.dev~1a~0b");
    }

    @Test
    void aMergeReplacesVariablesWholeAndOtherItemsByField() {
        ObjectNode below =
                tree("{env: [{name: A, valueFrom: {x: y}}], ports: [{containerPort: 1, name: a}], args: [a, b]}");

        StrategicMerge.apply(
                below,
                tree(
                        "{env: [{name: A, value: b}, {name: C, value: d}], ports: [{containerPort: 1, protocol: UDP}], args: [c]}"));

        assertThat(below)
                .isEqualTo(
                        tree(
                                "{env: [{name: A, value: b}, {name: C, value: d}], ports: [{containerPort: 1, name: a, protocol: UDP}], args: [c]}"));
    }

    private static ObjectNode tree(String text) {
        return YamlTrees.mapping(text);
    }
}
