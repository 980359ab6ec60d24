package dev.weft.tests.mesh;

import com.google.common.collect.ImmutableListMultimap;

/**
 * What a client saw of one answer.
 *
 * @param status 0 when no head arrived
 * @param headers by lower-case name
 * @param end {@code whole}, {@code closed} or {@code timeout}
 */
public record Reply(int status, ImmutableListMultimap<String, String> headers, String body, String end) {
    public static final String WHOLE = "whole";
    public static final String CLOSED = "closed";
    public static final String TIMEOUT = "timeout";

    static Reply without(String end) {
        return new Reply(0, ImmutableListMultimap.of(), "", end);
    }
}
