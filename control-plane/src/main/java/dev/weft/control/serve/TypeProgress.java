package dev.weft.control.serve;

import com.google.errorprone.annotations.Immutable;
import dev.weft.control.cache.ResourceType;
import java.time.Instant;
import java.util.Optional;

/**
 * How far one proxy has come with one type.
 *
 * @param sentVersion what was sent last, empty where nothing was
 * @param ackedVersion what the proxy said last that it has
 * @param sentAt when the oldest response that is not answered yet was sent
 * @param ackedAt when the proxy last took a response
 * @param nacks responses refused since the proxy first connected
 * @param rejection why the newest response was refused; absent once a later one is taken
 */
@Immutable
public record TypeProgress(
        ResourceType type,
        String sentVersion,
        String ackedVersion,
        Optional<Instant> sentAt,
        Optional<Instant> ackedAt,
        long nacks,
        Optional<Rejection> rejection) {

    /**
     * A refusal.
     *
     * @param resource the resource it names, where it names one
     */
    @Immutable
    public record Rejection(String version, String message, Optional<String> resource, Instant at) {}

    static TypeProgress none(ResourceType type) {
        return new TypeProgress(type, "", "", Optional.empty(), Optional.empty(), 0, Optional.empty());
    }

    TypeProgress sent(String version, Instant now) {
        return new TypeProgress(
                type, version, ackedVersion, Optional.of(sentAt.orElse(now)), ackedAt, nacks, rejection);
    }

    TypeProgress acked(String version, Instant now) {
        boolean newest = sentVersion.isEmpty() || version.equals(sentVersion);
        return new TypeProgress(
                type,
                sentVersion.isEmpty() ? version : sentVersion,
                version,
                newest ? Optional.empty() : Optional.of(now),
                Optional.of(now),
                nacks,
                Optional.empty());
    }

    TypeProgress rejected(Rejection why) {
        return new TypeProgress(
                type, sentVersion, ackedVersion, Optional.empty(), ackedAt, nacks + 1, Optional.of(why));
    }

    /** A new stream: nothing is in flight on it. */
    TypeProgress reopened() {
        return new TypeProgress(type, "", ackedVersion, Optional.empty(), ackedAt, nacks, Optional.empty());
    }
}
