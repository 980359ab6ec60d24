package dev.weft.control.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.control.source.SourceState;
import dev.weft.resources.Problem;
import org.junit.jupiter.api.Test;

class TrustDomainPinTest {
    private static SourceState state(String trustDomain) {
        return new SourceState(Meshes.resources("""
                        apiVersion: mesh.istio.io/v1alpha1
                        kind: MeshConfig
                        metadata: {name: istio, namespace: istio-system}
                        trustDomain: %s
                        """.formatted(trustDomain)), ImmutableList.of());
    }

    @Test
    void keepsTheFirstTrustDomainAndReportsAnother() {
        TrustDomainPin pin = TrustDomainPin.of(state("one"));

        SourceState changed = pin.apply(state("two"));

        assertThat(RegistrySnapshot.of(changed.resources()).mesh().trustDomain())
                .isEqualTo("one");
        assertThat(changed.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.severity()).isEqualTo(Problem.Severity.ERROR);
            assertThat(problem.message()).contains("two", "one");
        });
        assertThat(pin.apply(state("one"))).isEqualTo(state("one"));
    }

    @Test
    void keepsItWhenTheConfigurationIsDeleted() {
        TrustDomainPin pin = TrustDomainPin.of(state("one"));

        assertThat(RegistrySnapshot.of(pin.apply(SourceState.EMPTY).resources())
                        .mesh()
                        .trustDomain())
                .isEqualTo("one");
    }
}
