package dev.weft.control.registry;

import java.time.Duration;
import java.util.OptionalLong;

/**
 * Decides when a burst of changes is over. Pure but for its state; confined to {@link RegistryUpdates}.
 *
 * <p>A burst ends after a quiet time, or when its first change has waited for as long as anybody should. Changes of endpoints alone wait
 * less: they are cheap to push, and an endpoint that is gone fails requests until everybody knows.
 *
 * @see <a href="https://istio.io/latest/docs/reference/commands/pilot-discovery/">Istio's PILOT_DEBOUNCE_AFTER and PILOT_DEBOUNCE_MAX</a>
 */
public final class Debouncer {

    /** What changed. */
    public enum Change {
        CONFIGURATION,
        ENDPOINTS
    }

    /**
     * How long to wait.
     *
     * @param quiet after a change of configuration
     * @param quietEndpoints after a change of endpoints
     * @param max from the first change of a burst on
     */
    public record Times(Duration quiet, Duration quietEndpoints, Duration max) {
        public static final Times DEFAULT =
                new Times(Duration.ofMillis(100), Duration.ofMillis(10), Duration.ofSeconds(10));
    }

    private final Times times;
    private boolean pending;
    private boolean endpointsOnly;
    private long first;
    private long last;

    public Debouncer(Times times) {
        this.times = times;
    }

    /** Takes a change that came at {@code now}, in nanoseconds of any clock that only goes forward. */
    public void changed(Change change, long now) {
        if (!pending) {
            pending = true;
            endpointsOnly = true;
            first = now;
        }
        endpointsOnly &= change == Change.ENDPOINTS;
        last = now;
    }

    /** Nanoseconds until the burst is over, at most 0 if it is; empty if there is none. */
    public OptionalLong remaining(long now) {
        if (!pending) {
            return OptionalLong.empty();
        }
        long quiet = (endpointsOnly ? times.quietEndpoints() : times.quiet()).toNanos() - (now - last);
        long limit = times.max().toNanos() - (now - first);
        return OptionalLong.of(Math.min(quiet, limit));
    }

    /** When the first change of the burst came. */
    public long since() {
        return first;
    }

    public void reset() {
        pending = false;
    }
}
