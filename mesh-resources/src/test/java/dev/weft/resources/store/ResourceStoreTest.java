package dev.weft.resources.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.resources.AuthorizationPolicy;
import dev.weft.resources.DestinationRule;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.Problem;
import dev.weft.resources.Problem.Effect;
import dev.weft.resources.ProblemCode;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.parse.ParsedFile;
import dev.weft.resources.parse.ResourceParser;
import dev.weft.resources.store.StoredResource.Standing;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ResourceStoreTest {
    private final ResourceParser parser = new ResourceParser();

    @Test
    void keepsTheLastValidVersionOfABadOneAndSaysSo() {
        ResourceStore store = load(file("a.yaml", rule("x", "one")));

        ResourceStore after =
                store.apply(List.of(file("a.yaml", rule("x", "two").replace("host", "hots"))), Set.of());

        assertThat(host(after, "x")).isEqualTo("one");
        assertThat(after.find(key("x")).orElseThrow().standing()).isEqualTo(Standing.LAST_VALID);
        assertThat(after.problemsOf(key("x"))).extracting(Problem::effect).containsOnly(Effect.LAST_VALID_KEPT);
        assertThat(host(after.apply(List.of(file("a.yaml", rule("x", "three"))), Set.of()), "x"))
                .isEqualTo("three");
    }

    @Test
    void refusesAFirstVersionWhole() {
        ResourceStore store = load(file("a.yaml", rule("x", "a").replace("host", "hots")));

        assertThat(store.find(key("x"))).isEmpty();
        assertThat(store.problems()).extracting(Problem::effect).containsOnly(Effect.REFUSED);
    }

    @Test
    void dropsWhatIsDeletedFromAFileAndWithIt() {
        ResourceStore store = load(file("a.yaml", rule("x", "a") + rule("y", "a")), file("b.yaml", rule("z", "a")));

        ResourceStore less = store.apply(List.of(file("a.yaml", rule("y", "a"))), Set.of("b.yaml"));

        assertThat(less.resources().keySet()).containsExactly(key("y"));
        assertThat(less.replaceAll(List.of()).resources()).isEmpty();
    }

    @Test
    void keepsEverythingOfAFileWhileAPartOfItIsUnreadable() {
        ResourceStore store = load(file("a.yaml", rule("x", "a") + rule("y", "a")));

        ResourceStore half = store.apply(List.of(file("a.yaml", rule("x", "b") + "apiVersion: {\n")), Set.of());
        ResourceStore empty = half.apply(List.of(file("a.yaml", "")), Set.of());
        ResourceStore unreadable =
                empty.apply(List.of(ResourceParser.unreadable("a.yaml", "permission denied")), Set.of());
        ResourceStore whole = unreadable.apply(List.of(file("a.yaml", rule("x", "c"))), Set.of());

        assertThat(host(half, "x")).isEqualTo("b");
        assertThat(host(half, "y")).isEqualTo("a");
        assertThat(half.find(key("y")).orElseThrow().standing()).isEqualTo(Standing.LAST_VALID);
        assertThat(half.problems()).extracting(Problem::effect).containsOnly(Effect.LAST_VALID_KEPT);
        assertThat(host(empty, "x")).isEqualTo("b");
        assertThat(host(unreadable, "y")).isEqualTo("a");
        assertThat(whole.resources().keySet()).containsExactly(key("x"));
        assertThat(whole.problems()).isEmpty();
    }

    @Test
    void keepsTheObjectWhoseKindWasMisspelt() {
        ResourceStore store = load(file("a.yaml", rule("x", "a")));

        ResourceStore after = store.apply(
                List.of(file("a.yaml", rule("x", "b").replace("DestinationRule", "DestinationRul"))), Set.of());

        assertThat(host(after, "x")).isEqualTo("a");
        assertThat(after.problems()).extracting(Problem::code).containsExactly(ProblemCode.UNKNOWN_KIND);
    }

    @Test
    void leavesAnObjectWithTheFileThatHadItFirst() {
        ResourceStore store = load(file("b.yaml", rule("x", "b")));

        ResourceStore twice = store.apply(List.of(file("a.yaml", rule("x", "a"))), Set.of());
        ResourceStore once = twice.apply(List.of(), Set.of("b.yaml"));

        assertThat(host(twice, "x")).isEqualTo("b");
        assertThat(twice.problems()).hasSize(1).allSatisfy(problem -> {
            assertThat(problem.code()).isEqualTo(ProblemCode.DUPLICATE);
            assertThat(problem.location().file()).isEqualTo("a.yaml");
            assertThat(problem.message()).contains("first in b.yaml:1");
        });
        assertThat(host(once, "x")).isEqualTo("a");
        assertThat(once.problems()).isEmpty();
    }

    @Test
    void reportsAnObjectThatStandsTwiceInOneFile() {
        ResourceStore store = load(file("a.yaml", rule("x", "one") + rule("x", "two")));

        assertThat(host(store, "x")).isEqualTo("one");
        assertThat(store.problems()).extracting(Problem::code).containsExactly(ProblemCode.DUPLICATE);
    }

    @Test
    void followsAnObjectIntoAnotherFileEvenWhenItIsBadThere() {
        ResourceStore store = load(file("a.yaml", rule("x", "a") + rule("y", "a")));

        ResourceStore moved = store.apply(
                List.of(
                        file("a.yaml", rule("y", "a")),
                        file("b.yaml", rule("x", "b").replace("host", "hots"))),
                Set.of());

        assertThat(host(moved, "x")).isEqualTo("a");
        assertThat(moved.problems()).extracting(Problem::effect).containsOnly(Effect.LAST_VALID_KEPT);
    }

    @Test
    void letsAnotherFileTakeOverWhatABrokenOneOnlyRemembers() {
        ResourceStore broken =
                load(file("a.yaml", rule("x", "a"))).apply(List.of(file("a.yaml", "apiVersion: {\n")), Set.of());

        ResourceStore after = broken.apply(List.of(file("b.yaml", rule("x", "b"))), Set.of());

        assertThat(host(after, "x")).isEqualTo("b");
        assertThat(after.problems()).extracting(Problem::code).containsExactly(ProblemCode.NOT_YAML);
        assertThat(after.apply(List.of(), Set.of("b.yaml")).resources()).isEmpty();
    }

    @Test
    void ordersByTimeOfCreationThenByFirstSight() {
        String old =
                rule("old", "a").replace("{name: old}", "{name: old, creationTimestamp: \"2020-01-01T00:00:00Z\"}");
        ResourceStore store = load(file("b.yaml", rule("b1", "a") + rule("a1", "a")), file("a.yaml", rule("z", "a")));

        ResourceStore more = store.apply(List.of(file("0.yaml", rule("new", "a") + old)), Set.of());
        ResourceStore edited = more.apply(List.of(file("b.yaml", rule("a1", "a") + rule("b1", "b"))), Set.of());

        assertThat(names(store)).containsExactly("z", "b1", "a1");
        assertThat(names(more)).containsExactly("old", "z", "b1", "a1", "new");
        assertThat(names(edited)).isEqualTo(names(more));
    }

    @Test
    void givesTheSameForTheSameFilesInAnyOrder() {
        ParsedFile a = file("a.yaml", rule("x", "a") + rule("y", "a"));
        ParsedFile b = file("b.yaml", rule("y", "b") + "kind: {");

        ResourceStore one = load(a, b);
        ResourceStore other = load(b, a);

        assertThat(one.resources()).isEqualTo(other.resources());
        assertThat(one.problems()).isEqualTo(other.problems());
    }

    @Test
    void enforcesTheStrictestReadingOfASecurityKindUntilThereIsAValidVersion() {
        String bad = policy("{selector: {matchLabel: {app: a}}, rules: [{}]}");
        String good = policy("{selector: {matchLabels: {app: a}}, rules: [{}]}");
        ResourceKey key = new ResourceKey(ResourceKind.AUTHORIZATION_POLICY, "default", "p");

        ResourceStore first = load(file("a.yaml", bad));
        ResourceStore mended = first.apply(List.of(file("a.yaml", good)), Set.of());
        ResourceStore badAgain = mended.apply(List.of(file("a.yaml", bad)), Set.of());

        assertThat(first.find(key).orElseThrow().standing()).isEqualTo(Standing.STRICTEST);
        assertThat(((AuthorizationPolicy) first.find(key).orElseThrow().resource()).rules())
                .isEmpty();
        assertThat(first.problems()).extracting(Problem::effect).containsOnly(Effect.FAILED_CLOSED);
        assertThat(mended.find(key).orElseThrow().standing()).isEqualTo(Standing.CURRENT);
        assertThat(badAgain.find(key).orElseThrow().resource())
                .isEqualTo(mended.find(key).orElseThrow().resource());
        assertThat(badAgain.problems()).extracting(Problem::effect).containsOnly(Effect.LAST_VALID_KEPT);
    }

    @Test
    void putsARuleThatFailedClosedInForceAtOnce() {
        ResourceKey key = new ResourceKey(ResourceKind.AUTHORIZATION_POLICY, "default", "p");
        ResourceStore store = load(file("a.yaml", policy("{rules: [{}]}")));

        ResourceStore after = store.apply(List.of(file("a.yaml", policy("{rules: [{typo: 1}]}"))), Set.of());

        assertThat(((AuthorizationPolicy) after.find(key).orElseThrow().resource()).rules())
                .isEmpty();
        assertThat(after.find(key).orElseThrow().standing()).isEqualTo(Standing.RESTRICTED);
        assertThat(after.problems()).extracting(Problem::effect).containsOnly(Effect.RULE_DROPPED);
    }

    @Test
    void hasOneMeshConfig() {
        ResourceStore store =
                load(file("a.yaml", "trustDomain: a.example\n"), file("b.yaml", "trustDomain: b.example\n"));

        assertThat(ResourceStore.EMPTY.meshConfig()).isEqualTo(MeshConfig.DEFAULT);
        assertThat(store.meshConfig().trustDomain()).isEqualTo("a.example");
        assertThat(store.problems()).extracting(Problem::code).containsExactly(ProblemCode.DUPLICATE);
    }

    private static ResourceStore load(ParsedFile... files) {
        return ResourceStore.EMPTY.replaceAll(List.of(files));
    }

    private ParsedFile file(String name, String text) {
        return parser.parse(name, text);
    }

    private static String rule(String name, String host) {
        return "apiVersion: networking.istio.io/v1\nkind: DestinationRule\nmetadata: {name: %s}\nspec: {host: %s}\n---\n"
                .formatted(name, host);
    }

    private static String policy(String spec) {
        return "apiVersion: security.istio.io/v1\nkind: AuthorizationPolicy\nmetadata: {name: p}\nspec: " + spec + "\n";
    }

    private static ResourceKey key(String name) {
        return new ResourceKey(ResourceKind.DESTINATION_RULE, "default", name);
    }

    private static String host(ResourceStore store, String name) {
        return ((DestinationRule) store.find(key(name)).orElseThrow().resource()).host();
    }

    private static List<String> names(ResourceStore store) {
        return store.all(DestinationRule.class).stream()
                .map(rule -> rule.meta().name())
                .toList();
    }
}
