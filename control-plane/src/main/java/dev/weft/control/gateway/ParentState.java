package dev.weft.control.gateway;

import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.GatewayRoute.ParentRef;
import java.util.Optional;

/**
 * What became of a route at one of its parents.
 *
 * @param refusal why it did not attach
 */
@Immutable
public record ParentState(ParentRef parent, Optional<Refusal> refusal) {}
