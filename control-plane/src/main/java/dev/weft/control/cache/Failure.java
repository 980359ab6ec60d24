package dev.weft.control.cache;

import com.google.errorprone.annotations.Immutable;

/** A resource that could not be made for a proxy, which keeps its last good version of it. */
@Immutable
public record Failure(ResourceType type, String name, String message) {}
