package dev.weft.resources.schema;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;

/** An enum of the table: its values, and whether each is served. */
@Immutable
public record EnumType(String name, ImmutableMap<String, Field.Serving> values) {}
