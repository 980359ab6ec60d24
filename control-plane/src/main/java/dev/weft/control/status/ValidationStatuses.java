package dev.weft.control.status;

import com.google.common.base.CaseFormat;
import com.google.common.collect.ImmutableList;
import dev.weft.control.source.ObjectStatus;
import dev.weft.control.source.SourceState;
import dev.weft.control.source.StatusCondition;
import dev.weft.control.source.StatusTarget;
import dev.weft.resources.Problem;
import dev.weft.resources.ProblemFormat;
import dev.weft.resources.Resource;
import dev.weft.resources.ResourceKind;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What Istio's kinds say in their statuses: whether they passed validation, with each finding, and how many proxies run what the mesh is. Pure.
 *
 * <p>Proxies are counted as a whole, not per object: those of all replicas that took everything they were sent.
 */
public final class ValidationStatuses {

    private static final String ISTIO = "istio.io";
    private static final String PASSED = "PassedValidation";
    private static final String RECONCILED = "Reconciled";
    private static final int TOLD = 5;

    private ValidationStatuses() {}

    /** How many proxies there are, and how many of them refused what they were sent or do not answer. */
    public record Proxies(long connected, long behind) {

        public static Proxies of(List<ProxyStatus> statuses) {
            long connected = 0;
            long behind = 0;
            for (ProxyStatus proxy : statuses) {
                if (!proxy.state().equals(ProxyState.DISCONNECTED.apiName())) {
                    connected++;
                }
                if (proxy.state().equals(ProxyState.REJECTED.apiName())
                        || proxy.state().equals(ProxyState.STALE.apiName())) {
                    behind++;
                }
            }
            return new Proxies(connected, behind);
        }
    }

    /** The statuses of all objects of Istio's kinds, refused ones included. */
    public static ImmutableList<ObjectStatus> of(SourceState state, Proxies proxies) {
        Map<String, StatusTarget> targets = new LinkedHashMap<>();
        for (Resource resource : state.resources()) {
            if (isIstios(resource.meta().kind()) && resource.meta().generation() > 0) {
                targets.put(resource.key().toString(), StatusTarget.of(resource.meta()));
            }
        }
        Map<String, List<Problem>> problems = new LinkedHashMap<>();
        for (Problem problem : state.problems()) {
            Optional<StatusTarget> named = target(problem);
            if (named.isPresent()) {
                problems.computeIfAbsent(problem.resource(), ignored -> new ArrayList<>())
                        .add(problem);
                if (problem.severity() == Problem.Severity.ERROR) {
                    // What is in force may be an older version; the finding is about the newest.
                    targets.put(problem.resource(), named.get());
                }
            }
        }
        ImmutableList.Builder<ObjectStatus> statuses = ImmutableList.builder();
        targets.forEach(
                (object, target) -> statuses.add(status(target, problems.getOrDefault(object, List.of()), proxies)));
        return statuses.build();
    }

    private static boolean isIstios(ResourceKind kind) {
        return kind.group().endsWith(ISTIO) && kind != ResourceKind.MESH_CONFIG;
    }

    /** {@code VirtualService shop/reviews}, of no known generation: whichever the object has. */
    private static Optional<StatusTarget> target(Problem problem) {
        String resource = problem.resource();
        int space = resource.indexOf(' ');
        int slash = resource.indexOf('/', space + 1);
        if (space <= 0 || slash < 0) {
            return Optional.empty();
        }
        String name = resource.substring(0, space);
        for (ResourceKind kind : ResourceKind.values()) {
            if (isIstios(kind) && kind.label().equals(name)) {
                return Optional.of(new StatusTarget(
                        kind.apiVersion(),
                        name,
                        resource.substring(space + 1, slash),
                        resource.substring(slash + 1),
                        0));
            }
        }
        return Optional.empty();
    }

    private static ObjectStatus status(StatusTarget target, List<Problem> problems, Proxies proxies) {
        List<Problem> errors = problems.stream()
                .filter(problem -> problem.severity() == Problem.Severity.ERROR)
                .toList();
        boolean refused = errors.stream().anyMatch(problem -> problem.effect() == Problem.Effect.REFUSED);
        return new ObjectStatus.Validated(
                target,
                ImmutableList.of(
                        errors.isEmpty()
                                ? StatusCondition.holds(PASSED, "NoErrorsFound", told(problems))
                                : StatusCondition.fails(PASSED, "ErrorsFound", told(errors)),
                        reconciled(refused, proxies)),
                problems.stream()
                        .map(problem -> new ObjectStatus.Validation(
                                problem.severity().name(),
                                CaseFormat.UPPER_UNDERSCORE.to(
                                        CaseFormat.UPPER_CAMEL, problem.code().name()),
                                problem.code().name()))
                        .distinct()
                        .collect(ImmutableList.toImmutableList()));
    }

    private static StatusCondition reconciled(boolean refused, Proxies proxies) {
        if (refused) {
            return StatusCondition.fails(RECONCILED, "NotInForce", "the object is not in force");
        }
        String counted = (proxies.connected() - proxies.behind()) + "/" + proxies.connected() + " proxies up to date";
        return proxies.behind() == 0
                ? StatusCondition.holds(RECONCILED, "Reconciled", counted)
                : StatusCondition.fails(RECONCILED, "ProxiesBehind", counted);
    }

    private static String told(List<Problem> problems) {
        return ProblemFormat.summary(problems, TOLD);
    }
}
