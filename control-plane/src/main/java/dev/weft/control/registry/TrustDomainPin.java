package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import dev.weft.control.source.SourceState;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.Problem;
import dev.weft.resources.ProblemCode;
import dev.weft.resources.Resource;
import java.util.function.UnaryOperator;

/**
 * Keeps the trust domain that the mesh started with. Every certificate out there names it, so a mesh that suddenly expected another
 * would refuse all of its own workloads; a change is reported and takes effect with the next start. Immutable.
 */
public final class TrustDomainPin implements UnaryOperator<SourceState> {

    private final String trustDomain;

    private TrustDomainPin(String trustDomain) {
        this.trustDomain = trustDomain;
    }

    /** Pins what {@code first} says. */
    public static TrustDomainPin of(SourceState first) {
        return new TrustDomainPin(first.resources().stream()
                .filter(MeshConfig.class::isInstance)
                .map(mesh -> ((MeshConfig) mesh).trustDomain())
                .findFirst()
                .orElse(MeshConfig.DEFAULT.trustDomain()));
    }

    public String trustDomain() {
        return trustDomain;
    }

    @Override
    public SourceState apply(SourceState state) {
        ImmutableList.Builder<Resource> resources = ImmutableList.builder();
        ImmutableList.Builder<Problem> problems = ImmutableList.builder();
        problems.addAll(state.problems());
        boolean configured = false;
        for (Resource resource : state.resources()) {
            if (resource instanceof MeshConfig mesh) {
                configured = true;
                resources.add(pinned(mesh));
                if (!mesh.trustDomain().equals(trustDomain)) {
                    problems.add(problem(mesh));
                }
            } else {
                resources.add(resource);
            }
        }
        if (!configured && !MeshConfig.DEFAULT.trustDomain().equals(trustDomain)) {
            resources.add(pinned(MeshConfig.DEFAULT));
            problems.add(problem(MeshConfig.DEFAULT));
        }
        return new SourceState(resources.build(), problems.build(), state.refusedRoutes());
    }

    private Problem problem(MeshConfig mesh) {
        return new Problem(
                Problem.Severity.ERROR,
                ProblemCode.CONFLICT,
                mesh.key().toString(),
                mesh.meta().location(),
                "trustDomain",
                "found " + mesh.trustDomain() + ", but the identities of the running mesh are of " + trustDomain
                        + "; the control plane must be started again to change it",
                Problem.Effect.LAST_VALID_KEPT);
    }

    private MeshConfig pinned(MeshConfig mesh) {
        return mesh.withTrustDomain(trustDomain);
    }
}
