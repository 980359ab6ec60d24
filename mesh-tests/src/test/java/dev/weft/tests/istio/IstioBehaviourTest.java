package dev.weft.tests.istio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.google.common.io.Resources;
import dev.weft.tests.mesh.TestMesh;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;

/** Weft, given the YAML that a real Istio was given, answers the same; what does not is named with the reason in a file. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IstioBehaviourTest {
    private final Ledger notServed = Ledger.read("istio-behaviour/not-served.txt");
    private final Ledger differences = Ledger.read("istio-behaviour/differences.txt");
    private final List<RuleSet> ruleSets = new ArrayList<>();
    private final TestMesh mesh;
    private final Replay replay;
    private int same;
    private int different;
    private int left;

    IstioBehaviourTest() throws IOException {
        for (JsonNode tree :
                new JsonMapper().readTree(Resources.toByteArray(Resources.getResource("istio-behaviour/cases.json")))) {
            ruleSets.add(RuleSet.of(tree));
        }
        mesh = TestMesh.start();
        replay = new Replay(mesh);
    }

    @AfterAll
    void close() {
        mesh.close();
        System.out.printf(
                "Istio behaviour: %d cases the same, %d different for a reason, %d not served%n",
                same, different, left);
    }

    @Test
    void everyExceptionNamesACase() {
        Set<String> names = new HashSet<>();
        ruleSets.forEach(ruleSet -> ruleSet.cases().forEach(recorded -> names.add(recorded.name())));
        assertThat(names).containsAll(notServed.names()).containsAll(differences.names());
    }

    @TestFactory
    Stream<DynamicNode> answersAsIstioDid() {
        return ruleSets.stream()
                .map(ruleSet -> dynamicContainer(
                        ruleSet.name(),
                        Stream.concat(
                                Stream.of(dynamicTest("is taken by every proxy", () -> ruleSet.apply(mesh))),
                                ruleSet.cases().stream()
                                        .map(recorded -> dynamicTest(recorded.name(), () -> check(recorded))))));
    }

    private void check(RecordedCase recorded) {
        String reason = notServed.reason(recorded).orElse("");
        if (!reason.isEmpty()) {
            left++;
            System.out.println("not served: " + recorded.name() + ": " + reason);
            abort(reason);
        }
        List<String> found = replay.differences(recorded);
        if (differences.reason(recorded).isPresent()) {
            assertThat(found)
                    .as("the reason in differences.txt is out of date: %s", recorded.name())
                    .isNotEmpty();
            different++;
            return;
        }
        assertThat(found).as("%s", recorded.tree().toPrettyString()).isEmpty();
        same++;
    }
}
