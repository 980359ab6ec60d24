package dev.weft.injector.render;

import com.google.errorprone.annotations.Immutable;

/** Whose pod it is. */
@Immutable
public record PodIdentity(String namespace, Owner owner) {}
