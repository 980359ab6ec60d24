package dev.weft.control.serve;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/**
 * A discovery request, free of protobuf.
 *
 * @param nonce of the response it answers; empty where it answers none
 * @param error why the response was rejected; absent for an acknowledgement
 * @param subscription what the client wants
 */
@Immutable
record AdsRequest(String typeUrl, String nonce, Optional<String> error, Subscription subscription) {

    /** What the client wants, in the words of its protocol variant. */
    @Immutable
    sealed interface Subscription {}

    /**
     * Delta: changes against what was asked before.
     *
     * @param initialVersions what the client still has from an earlier stream, by name
     */
    @Immutable
    record Change(
            ImmutableList<String> subscribe,
            ImmutableList<String> unsubscribe,
            ImmutableMap<String, String> initialVersions)
            implements Subscription {}

    /** State of the world: all names, each time. */
    @Immutable
    record Names(ImmutableList<String> names) implements Subscription {}
}
