package dev.weft.model.rbac;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;

/**
 * Rules of one RBAC filter ({@code envoy.config.rbac.v3.RBAC}). With {@link Action#ALLOW} a request passes if a policy matches,
 * with {@link Action#DENY} if none does; {@link Action#LOG} always passes.
 *
 * @param policies tried in the order of their names, as in Envoy
 */
@Immutable
public record RbacConfig(Action action, ImmutableList<RbacPolicy> policies) {
    public enum Action {
        ALLOW,
        DENY,
        LOG
    }
}
