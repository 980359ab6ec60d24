package dev.weft.proxy.xds;

import java.time.Instant;
import java.util.Optional;

/**
 * How the stream to the control plane stands.
 *
 * @param lastResponse when the control plane last said something
 * @param lastError why the last stream ended, empty while one that worked is open
 */
public record AdsStatus(boolean connected, Optional<Instant> lastResponse, Optional<String> lastError) {
    static final AdsStatus START = new AdsStatus(false, Optional.empty(), Optional.empty());

    AdsStatus received(Instant now) {
        return new AdsStatus(true, Optional.of(now), Optional.empty());
    }

    AdsStatus disconnected(Instant now, String reason) {
        return new AdsStatus(false, lastResponse, Optional.of(now + " " + reason));
    }
}
