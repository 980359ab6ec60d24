package dev.weft.control.gateway;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;

/** A route with what became of it at those of its parents that are ours. */
@Immutable
public record RouteState(ResolvedRoute route, ImmutableList<ParentState> parents) {}
