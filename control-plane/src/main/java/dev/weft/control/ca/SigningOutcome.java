package dev.weft.control.ca;

import com.google.common.collect.ImmutableList;
import java.time.Instant;

/** What a signing request came to. */
public sealed interface SigningOutcome {

    /**
     * Signed.
     *
     * @param chain PEM certificates, leaf first, root last
     * @param expires when the leaf ends
     */
    record Issued(ImmutableList<String> chain, Instant expires) implements SigningOutcome {}

    /** The request itself is faulty. */
    record Malformed(String message) implements SigningOutcome {}

    /** The request asks for an identity that is not the caller's. */
    record Denied(String message) implements SigningOutcome {}
}
