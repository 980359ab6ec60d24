package dev.weft.control.serve;

import com.google.errorprone.annotations.Immutable;
import dev.weft.control.cache.ResourceType;
import java.util.Optional;

/** What {@link AdsStream} noticed and others want to know. */
@Immutable
sealed interface AdsEvent {

    /** The client took the response that carried {@code version}. */
    record Acked(ResourceType type, String version) implements AdsEvent {}

    /** The client has {@code version} already; nothing had to be sent. */
    record InSync(ResourceType type, String version) implements AdsEvent {}

    /**
     * The client refused a response and keeps what it had.
     *
     * @param resource the resource that the message names, where it names one of the response
     */
    record Rejected(ResourceType type, String version, String message, Optional<String> resource) implements AdsEvent {}

    /** The request answered a response that is no longer the newest. */
    record StaleNonce(ResourceType type) implements AdsEvent {}

    /** The client asked for a type that is not served. */
    record Unserved(String typeUrl) implements AdsEvent {}
}
