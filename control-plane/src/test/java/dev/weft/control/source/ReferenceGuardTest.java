package dev.weft.control.source;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.resources.Problem;
import dev.weft.resources.VirtualService;
import dev.weft.resources.parse.ResourceParser;
import dev.weft.resources.store.ResourceStore;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReferenceGuardTest {
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop}
            spec: {selector: {app: reviews}, ports: [{name: http, port: 80}]}
            """;

    private final ReferenceGuard guard = new ReferenceGuard("cluster.local");
    private final ResourceParser parser = new ResourceParser();
    private ResourceStore store =
            ResourceStore.EMPTY.apply(List.of(new ResourceParser().parse("services.yaml", SERVICE)), List.of());

    private SourceState write(String file, String text) {
        store = store.apply(List.of(parser.parse(file, text)), List.of());
        return guard.apply(store);
    }

    private SourceState route(String subset) {
        return write("routing.yaml", """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: reviews, namespace: shop}
                spec: {hosts: [reviews], http: [{route: [{destination: {host: reviews, subset: %s}}]}]}
                """.formatted(subset));
    }

    private SourceState subsets(String... names) {
        StringBuilder subsets = new StringBuilder();
        for (String name : names) {
            subsets.append("- {name: ").append(name).append(", labels: {version: x}}\n");
        }
        return write("subsets.yaml", """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: reviews, namespace: shop}
                spec:
                  host: reviews
                  subsets:
                """ + subsets.toString().indent(2));
    }

    private static Optional<String> subset(SourceState state) {
        return state.resources().stream()
                .filter(VirtualService.class::isInstance)
                .map(VirtualService.class::cast)
                .map(rule -> rule.http().getFirst().action())
                .map(dev.weft.resources.HttpAction.Forward.class::cast)
                .flatMap(action -> action.destinations().getFirst().destination().subset().stream())
                .findFirst();
    }

    @Test
    void keepsTheRuleThatLedSomewhereAndTakesTheNewOneOnceItDoes() {
        subsets("v1");
        assertThat(subset(route("v1"))).hasValue("v1");

        SourceState held = route("v2");
        assertThat(subset(held)).hasValue("v1");
        assertThat(held.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.effect()).isEqualTo(Problem.Effect.LAST_VALID_KEPT);
            assertThat(problem.field()).endsWith("subset");
            assertThat(problem.location().line()).isEqualTo(4);
        });

        SourceState resolved = subsets("v1", "v2");
        assertThat(subset(resolved)).hasValue("v2");
        assertThat(resolved.problems()).isEmpty();
    }

    @Test
    void takesTheFirstVersionAsItIs() {
        subsets("v1");

        SourceState first = route("v2");

        assertThat(subset(first)).hasValue("v2");
        assertThat(first.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.effect()).isEqualTo(Problem.Effect.UNREACHABLE));
    }

    @Test
    void doesNotGoBackWhenTheTargetIsTakenAway() {
        subsets("v1", "v2");
        route("v1");
        route("v2");

        SourceState gone = subsets("v1");

        assertThat(subset(gone)).hasValue("v2");
        assertThat(gone.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.effect()).isEqualTo(Problem.Effect.UNREACHABLE));
    }
}
