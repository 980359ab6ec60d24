package dev.weft.xds.descriptor;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;

/**
 * One enum.
 *
 * @param byName every name, aliases included
 * @param byNumber the first name of each number
 */
@Immutable
public record EnumType(String fullName, ImmutableMap<String, Integer> byName, ImmutableMap<Integer, String> byNumber) {}
