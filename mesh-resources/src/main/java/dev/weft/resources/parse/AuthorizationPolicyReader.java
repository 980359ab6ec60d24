package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
import dev.weft.resources.AuthorizationPolicy;
import dev.weft.resources.AuthorizationPolicy.Action;
import dev.weft.resources.AuthorizationPolicy.Enforcement;
import dev.weft.resources.AuthorizationPolicy.Rule;
import dev.weft.resources.FieldPath;
import dev.weft.resources.LabelSelector;
import dev.weft.resources.Problem.Effect;
import dev.weft.resources.schema.Finding;
import dev.weft.resources.yaml.YamlNode;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads an AuthorizationPolicy, which fails closed. A mistake inside a rule drops an ALLOW rule and widens a DENY rule, at once. A mistake that leaves
 * open what the policy is about (selector, action, unknown fields) keeps the last valid version; without one, ALLOW allows nothing and DENY denies
 * what its readable rules say, or everything where the rules or the action cannot be read. CUSTOM denies what it would have asked about.
 */
final class AuthorizationPolicyReader {
    private static final String DRY_RUN = "istio.io/dry-run";
    private static final FieldPath ACTION = ObjectParser.SPEC.field("action");
    private static final FieldPath PROVIDER = ObjectParser.SPEC.field("provider");
    private static final FieldPath RULES = ObjectParser.SPEC.field("rules");
    private static final FieldPath SELECTOR = ObjectParser.SPEC.field("selector");

    private final Subject subject;
    private final YamlNode.Mapping spec;
    private final ImmutableList<Finding> errors;
    private final Checks checks;

    private AuthorizationPolicyReader(Subject subject, YamlNode.Mapping spec) {
        this.subject = subject;
        this.spec = spec;
        this.errors = subject.findings().stream().filter(Finding::isError).collect(ImmutableList.toImmutableList());
        this.checks = new Checks(subject.positions());
    }

    static Parsed read(Subject subject, YamlNode.Mapping spec) {
        return new AuthorizationPolicyReader(subject, spec).read();
    }

    private Parsed read() {
        String action = spec.text("action").orElse("ALLOW");
        if (action.equals("AUDIT") || isSet("targetRef") || isSet("targetRefs")) {
            // Neither decides about a sidecar's traffic, so there is nothing to close.
            return subject.refused(Optional.empty(), ImmutableList.of(), finding -> Effect.REFUSED);
        }
        boolean custom = action.equals("CUSTOM");
        boolean known = custom || action.equals("ALLOW") || action.equals("DENY");
        Action effective = action.equals("ALLOW") ? Action.ALLOW : Action.DENY;

        AuthorizationRuleReader rules = new AuthorizationRuleReader(subject, checks);
        rules.check(new Pruner(cuts(errors.stream())).prune(spec, ObjectParser.SPEC));
        Optional<LabelSelector> selector = selector();
        Enforcement enforcement = enforcement(custom);
        if (errors.isEmpty()) {
            warnAboutEmptiness(effective, selector);
        }

        ImmutableList<Finding> all = ImmutableList.copyOf(Iterables.concat(errors, checks.findings()));
        ImmutableList<Finding> ruleErrors = all.stream()
                .filter(finding -> finding.isError() && isInsideRule(finding.path()))
                .collect(ImmutableList.toImmutableList());
        boolean open = all.stream()
                .anyMatch(finding -> finding.isError()
                        && !isInsideRule(finding.path())
                        && !(custom
                                && (finding.path().equals(ACTION)
                                        || finding.path().equals(PROVIDER))));
        ImmutableList<Rule> readable =
                effective == Action.ALLOW ? allowRules(ruleErrors, open) : denyRules(ruleErrors, open, known);
        AuthorizationPolicy policy =
                new AuthorizationPolicy(subject.meta(), selector, effective, enforcement, readable);
        if (open) {
            return subject.refused(Optional.of(policy), checks.findings(), finding -> Effect.FAILED_CLOSED);
        }
        if (ruleErrors.isEmpty() && !custom) {
            return subject.valid(policy, checks.findings());
        }
        return subject.failedClosed(policy, checks.findings(), finding -> effect(finding, effective));
    }

    private static Effect effect(Finding finding, Action action) {
        if (!isInsideRule(finding.path())) {
            return Effect.FAILED_CLOSED;
        }
        return action == Action.ALLOW ? Effect.RULE_DROPPED : Effect.RULE_WIDENED;
    }

    /** Only what is free of mistakes allows anything; where the scope is not known, nothing does. */
    private ImmutableList<Rule> allowRules(ImmutableList<Finding> ruleErrors, boolean open) {
        if (open) {
            return ImmutableList.of();
        }
        ImmutableSet<FieldPath> dropped = ruleErrors.stream()
                .map(finding -> finding.path().head(RULES.steps().size() + 1))
                .collect(ImmutableSet.toImmutableSet());
        return rules(ruleErrors).stream()
                .filter(rule -> !dropped.contains(RULES.index(rule.index())))
                .collect(ImmutableList.toImmutableList());
    }

    /** Everything that can be read denies; where it is not known what was to be denied, everything is. */
    private ImmutableList<Rule> denyRules(ImmutableList<Finding> ruleErrors, boolean open, boolean actionKnown) {
        boolean rulesRead = spec.get("rules").orElse(null) instanceof YamlNode.Sequence;
        if (!actionKnown || open && !rulesRead) {
            return ImmutableList.of(new Rule(0, ImmutableList.of(), ImmutableList.of(), ImmutableList.of()));
        }
        return rules(ruleErrors);
    }

    private ImmutableList<Rule> rules(ImmutableList<Finding> ruleErrors) {
        YamlNode.Mapping readable =
                new Pruner(cuts(Stream.concat(errors.stream(), ruleErrors.stream()))).prune(spec, ObjectParser.SPEC);
        // What is wrong has been said; this pass only takes what is left.
        Checks silent = new Checks(subject.positions());
        return AuthorizationRuleReader.rules(new Fields(silent, readable, ObjectParser.SPEC));
    }

    private Optional<LabelSelector> selector() {
        boolean unreadable = errors.stream().anyMatch(finding -> finding.path().startsWith(SELECTOR));
        return unreadable
                ? Optional.empty()
                : CommonReader.selector(new Fields(checks, spec, ObjectParser.SPEC), "selector", "matchLabels");
    }

    private Enforcement enforcement(boolean custom) {
        String value = subject.meta().annotations().get(DRY_RUN);
        FieldPath at = FieldPath.ROOT.field("metadata").field("annotations").key(DRY_RUN);
        if (value == null || value.equals("false")) {
            return Enforcement.ENFORCED;
        }
        if (!value.equals("true")) {
            checks.invalid(at, "found \"" + value + "\", expected \"true\" or \"false\"");
            return Enforcement.ENFORCED;
        }
        if (custom) {
            checks.conflict(at, "goes with ALLOW and DENY only");
            return Enforcement.ENFORCED;
        }
        return Enforcement.DRY_RUN;
    }

    private void warnAboutEmptiness(Action action, Optional<LabelSelector> selector) {
        if (isSet("rules")) {
            return;
        }
        String whom = selector.isPresent() ? "the selected workloads" : "all workloads of the namespace";
        checks.ineffective(
                ObjectParser.SPEC,
                action == Action.ALLOW
                        ? "allows nothing: without another policy, every request to " + whom + " is denied"
                        : "denies nothing: it has no rules");
    }

    private boolean isSet(String field) {
        return spec.get(field).isPresent();
    }

    private static boolean isInsideRule(FieldPath path) {
        return path.startsWith(RULES) && path.steps().size() > RULES.steps().size();
    }

    private static ImmutableSet<FieldPath> cuts(Stream<Finding> findings) {
        return findings.map(finding -> cut(finding.path())).collect(ImmutableSet.toImmutableSet());
    }

    /**
     * What has to go so that the rest can be read: a field of a source or operation, a whole condition, else the field itself. All of them are
     * joined by AND, so that each cut can only widen its rule.
     */
    private static FieldPath cut(FieldPath path) {
        int rule = RULES.steps().size() + 1;
        if (!isInsideRule(path)) {
            return path.startsWith(RULES)
                    ? RULES
                    : path.head(ObjectParser.SPEC.steps().size() + 1);
        }
        boolean condition =
                path.steps().size() > rule && path.steps().get(rule).equals(new FieldPath.Step.Field("when"));
        return path.head(condition ? rule + 2 : rule + 4);
    }
}
