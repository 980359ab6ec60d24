package dev.weft.model.rbac;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;

/**
 * A policy matches when any permission and any principal match.
 *
 * @param name Istio's {@code ns[<ns>]-policy[<name>]-rule[<index>]}, which names the user's resource in logs
 */
@Immutable
public record RbacPolicy(String name, ImmutableList<Permission> permissions, ImmutableList<Principal> principals) {}
