package dev.weft.control.registry;

import com.google.errorprone.annotations.Immutable;

/** An object among those of its kind. */
@Immutable
record ObjectName(String namespace, String name) {}
