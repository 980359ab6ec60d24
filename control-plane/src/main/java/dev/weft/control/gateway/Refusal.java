package dev.weft.control.gateway;

import com.google.errorprone.annotations.Immutable;

/**
 * Why something is not in force.
 *
 * @param reason a reason of the Gateway API, such as {@code NotAllowedByListeners}
 * @param message what was found and what was expected
 */
@Immutable
public record Refusal(String reason, String message) {}
