package dev.weft.control.api;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import java.time.Instant;

/**
 * What every answer is wrapped in. Fields are added, never renamed, within an {@code apiVersion}.
 *
 * @param kind of the items
 * @param warnings what the reader should know about the answer itself
 */
@Immutable
@SuppressWarnings("Immutable") // items are records of this API
record Envelope(
        String apiVersion,
        String kind,
        Instant generatedAt,
        ImmutableList<?> items,
        ImmutableList<?> problems,
        ImmutableList<String> warnings) {

    private static final String VERSION = "weft.dev/v1";

    static Envelope of(String kind, Instant now, ImmutableList<?> items) {
        return new Envelope(VERSION, kind, now, items, ImmutableList.of(), ImmutableList.of());
    }

    Envelope withProblems(ImmutableList<?> found) {
        return new Envelope(apiVersion, kind, generatedAt, items, found, warnings);
    }
}
