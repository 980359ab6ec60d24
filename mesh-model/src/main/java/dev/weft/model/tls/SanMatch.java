package dev.weft.model.tls;

import com.google.errorprone.annotations.Immutable;
import dev.weft.model.match.StringMatch;

/** A condition on a subject alternative name of the peer. */
@Immutable
public record SanMatch(Type type, StringMatch match) {
    public enum Type {
        URI,
        DNS,
        IP_ADDRESS,
        EMAIL
    }
}
