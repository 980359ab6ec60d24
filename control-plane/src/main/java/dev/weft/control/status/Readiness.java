package dev.weft.control.status;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * Whether this control plane should be sent proxies: not before it knows the mesh and can sign, and no longer once it is about to stop. Set by
 * the app, read by the HTTP server; safe for many threads.
 */
public final class Readiness {

    private static final Supplier<Optional<String>> READY = Optional::empty;

    private volatile Supplier<Optional<String>> state = () -> Optional.of("starting");

    /** Not ready for what {@code reason} says when asked. */
    public void waitFor(Supplier<String> reason) {
        state = () -> Optional.of(reason.get());
    }

    public void ready() {
        state = READY;
    }

    /** Why not; empty if ready. */
    public Optional<String> problem() {
        return state.get();
    }
}
