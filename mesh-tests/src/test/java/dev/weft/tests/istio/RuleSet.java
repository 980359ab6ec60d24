package dev.weft.tests.istio;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.tests.mesh.MeshObject;
import dev.weft.tests.mesh.TestMesh;
import java.util.ArrayList;
import java.util.List;

/** Rules that are applied together, and the cases recorded with them. */
record RuleSet(String name, String yaml, ImmutableList<RecordedCase> cases) {
    /** One such field makes the whole VirtualService refused, so rules with it are taken out and the others tested. */
    private static final ImmutableSet<String> NOT_SERVED =
            ImmutableSet.of("fault", "mirror", "mirrors", "mirrorPercentage", "corsPolicy");

    static RuleSet of(JsonNode tree) {
        String name = tree.path("name").asText();
        ImmutableList.Builder<RecordedCase> cases = ImmutableList.builder();
        tree.path("cases").forEach(one -> cases.add(new RecordedCase(name, one)));
        return new RuleSet(name, tree.path("yaml").asText(), cases.build());
    }

    void apply(TestMesh mesh) {
        List<MeshObject> objects = new ArrayList<>();
        for (MeshObject object : mesh.parse(yaml)) {
            objects.add(object.tree().path("kind").asText().equals("VirtualService") ? served(object) : object);
        }
        mesh.apply(objects);
    }

    private static MeshObject served(MeshObject virtualService) {
        JsonNode tree = virtualService.tree().deepCopy();
        if (!(tree.path("spec").path("http") instanceof ArrayNode rules)) {
            return virtualService;
        }
        boolean changed = false;
        for (int i = rules.size() - 1; i >= 0; i--) {
            JsonNode rule = rules.get(i);
            if (NOT_SERVED.stream().anyMatch(rule::has)) {
                rules.remove(i);
                changed = true;
            }
        }
        return changed ? virtualService.with(tree) : virtualService;
    }
}
