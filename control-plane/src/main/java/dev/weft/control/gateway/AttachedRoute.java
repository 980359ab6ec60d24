package dev.weft.control.gateway;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;

/**
 * A route at one listener.
 *
 * @param hostnames what listener and route have in common; {@code *} where neither says any
 */
@Immutable
public record AttachedRoute(ResolvedRoute route, ImmutableList<String> hostnames) {}
