package dev.weft.tests.mesh;

import com.google.common.collect.ImmutableMap;
import java.util.Optional;

/**
 * What an origin is to do with a request.
 *
 * @param body the origin's own text where empty
 * @param hang never answer
 */
public record Answer(
        int status, ImmutableMap<String, String> headers, Optional<String> body, double delaySeconds, boolean hang) {
    public static final Answer DEFAULT = new Answer(200, ImmutableMap.of(), Optional.empty(), 0, false);
}
