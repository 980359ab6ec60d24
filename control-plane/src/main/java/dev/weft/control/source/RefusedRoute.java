package dev.weft.control.source;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.GatewayRoute;
import dev.weft.resources.Problem;

/**
 * A route of the Gateway API whose newest version is not in force, for whoever tells its parents.
 *
 * @param outline the newest version: metadata and parents, without rules
 * @param problems why
 */
@Immutable
public record RefusedRoute(GatewayRoute outline, ImmutableList<Problem> problems) {}
