package dev.weft.control.ca;

import com.google.errorprone.annotations.Immutable;
import java.time.Instant;

/** What checking a credential came to. */
public sealed interface Authentication {

    /** The credential is good, until it expires. */
    @Immutable
    record Authenticated(CallerIdentity caller, Instant expires) implements Authentication {}

    /** The credential is missing or bad. The reason is told to the caller and holds no part of the credential. */
    @Immutable
    record Refused(String reason) implements Authentication {}

    /** Nobody could say, since whoever vouches for credentials is away: no service, but the caller should try again. */
    @Immutable
    record Unavailable(String reason) implements Authentication {}
}
