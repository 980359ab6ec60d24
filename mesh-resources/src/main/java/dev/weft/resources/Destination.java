package dev.weft.resources;

import com.google.errorprone.annotations.Immutable;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Where traffic goes.
 *
 * @param host as written; short names are still to be expanded with the namespace of the object that holds this
 * @param port absent: the service's only port
 */
@Immutable
public record Destination(String host, Optional<String> subset, OptionalInt port) {}
