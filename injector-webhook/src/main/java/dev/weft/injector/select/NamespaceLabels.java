package dev.weft.injector.select;

import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;

/** What is known of the labels of a pod's namespace. */
@Immutable
public sealed interface NamespaceLabels {
    /** All of them. */
    @Immutable
    record Known(ImmutableMap<String, String> labels) implements NamespaceLabels {}

    /** The API server's selectors, or a person with a command, have chosen the pod already. */
    @Immutable
    record ChosenBefore() implements NamespaceLabels {}
}
