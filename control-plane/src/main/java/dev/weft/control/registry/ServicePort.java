package dev.weft.control.registry;

import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.Protocol;

/**
 * A port that clients of a service call.
 *
 * @param name may be empty
 */
@Immutable
public record ServicePort(int number, String name, Protocol protocol) {}
