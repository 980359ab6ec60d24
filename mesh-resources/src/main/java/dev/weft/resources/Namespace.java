package dev.weft.resources;

import com.google.errorprone.annotations.Immutable;

/** A Kubernetes {@code Namespace}: its labels say whether the mesh looks into it. */
@Immutable
public record Namespace(ResourceMeta meta) implements Resource {}
