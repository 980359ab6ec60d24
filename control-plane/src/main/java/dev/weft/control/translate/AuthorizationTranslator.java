package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import dev.weft.model.http.HttpFilter;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.rbac.Permission;
import dev.weft.model.rbac.Principal;
import dev.weft.model.rbac.RbacConfig;
import dev.weft.model.rbac.RbacPolicy;
import dev.weft.resources.AuthorizationPolicy;
import dev.weft.resources.AuthorizationPolicy.Action;
import dev.weft.resources.AuthorizationPolicy.Enforcement;
import dev.weft.resources.AuthorizationPolicy.Rule;
import dev.weft.resources.MeshConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * AuthorizationPolicies as RBAC filters: one that denies, then one that allows. All policies that select the workload count
 * together. That an ALLOW policy exists makes what it does not allow forbidden, even when it has no rule.
 */
final class AuthorizationTranslator {
    private static final String DRY_RUN_ALLOW = "istio_dry_run_allow_";
    private static final String DRY_RUN_DENY = "istio_dry_run_deny_";

    private final List<AuthorizationPolicy> policies;
    private final PolicyMatchers matchers;

    AuthorizationTranslator(List<AuthorizationPolicy> policies, MeshConfig mesh) {
        this.policies = policies;
        this.matchers = new PolicyMatchers(MeshTls.trustDomains(mesh));
    }

    ImmutableList<HttpFilter> http() {
        ImmutableList.Builder<HttpFilter> filters = ImmutableList.builder();
        for (Action action : List.of(Action.DENY, Action.ALLOW)) {
            Optional<RbacConfig> rules = rbac(action, Enforcement.ENFORCED, true);
            Optional<RbacConfig> shadow = rbac(action, Enforcement.DRY_RUN, true);
            if (rules.isPresent() || shadow.isPresent()) {
                filters.add(new HttpFilter.Authorization(
                        "envoy.filters.http.rbac", rules, shadow, "", shadowPrefix(action, shadow)));
            }
        }
        return filters.build();
    }

    ImmutableList<NetworkFilter> tcp() {
        ImmutableList.Builder<NetworkFilter> filters = ImmutableList.builder();
        for (Action action : List.of(Action.DENY, Action.ALLOW)) {
            Optional<RbacConfig> rules = rbac(action, Enforcement.ENFORCED, false);
            Optional<RbacConfig> shadow = rbac(action, Enforcement.DRY_RUN, false);
            if (rules.isPresent() || shadow.isPresent()) {
                filters.add(new NetworkFilter.Authorization("tcp.", rules, shadow, shadowPrefix(action, shadow)));
            }
        }
        return filters.build();
    }

    private static String shadowPrefix(Action action, Optional<RbacConfig> shadow) {
        if (shadow.isEmpty()) {
            return "";
        }
        return action == Action.ALLOW ? DRY_RUN_ALLOW : DRY_RUN_DENY;
    }

    private Optional<RbacConfig> rbac(Action action, Enforcement enforcement, boolean http) {
        List<RbacPolicy> rules = new ArrayList<>();
        boolean any = false;
        for (AuthorizationPolicy policy : policies) {
            if (policy.action() == action && policy.enforcement() == enforcement) {
                any = true;
                for (Rule rule : policy.rules()) {
                    translate(policy, rule, action, http).ifPresent(rules::add);
                }
            }
        }
        if (!any || action == Action.DENY && rules.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new RbacConfig(
                action == Action.ALLOW ? RbacConfig.Action.ALLOW : RbacConfig.Action.DENY,
                ImmutableList.copyOf(rules)));
    }

    private Optional<RbacPolicy> translate(AuthorizationPolicy policy, Rule rule, Action action, boolean http) {
        if (!http && action == Action.ALLOW && PolicyMatchers.needsHttp(rule)) {
            return Optional.empty();
        }
        String namespace = policy.meta().namespace();
        ImmutableList.Builder<Permission> permissions = ImmutableList.builder();
        ImmutableList<Permission> whenAsked = matchers.permissions(rule.when());
        if (rule.to().isEmpty()) {
            permissions.add(all(whenAsked));
        }
        for (AuthorizationPolicy.Operation operation : rule.to()) {
            permissions.add(all(ImmutableList.<Permission>builder()
                    .addAll(matchers.permissions(operation, http))
                    .addAll(whenAsked)
                    .build()));
        }
        ImmutableList.Builder<Principal> principals = ImmutableList.builder();
        ImmutableList<Principal> whoAsks = matchers.principals(rule.when(), namespace, http);
        if (rule.from().isEmpty()) {
            principals.add(every(whoAsks));
        }
        for (AuthorizationPolicy.Source source : rule.from()) {
            principals.add(every(ImmutableList.<Principal>builder()
                    .addAll(matchers.principals(source, namespace, http))
                    .addAll(whoAsks)
                    .build()));
        }
        String name = "ns[" + namespace + "]-policy[" + policy.meta().name() + "]-rule[" + rule.index() + "]";
        return Optional.of(new RbacPolicy(name, permissions.build(), principals.build()));
    }

    private static Permission all(ImmutableList<Permission> conditions) {
        return switch (conditions.size()) {
            case 0 -> new Permission.Any();
            case 1 -> conditions.get(0);
            default -> new Permission.And(conditions);
        };
    }

    private static Principal every(ImmutableList<Principal> conditions) {
        return switch (conditions.size()) {
            case 0 -> new Principal.Any();
            case 1 -> conditions.get(0);
            default -> new Principal.And(conditions);
        };
    }
}
