package dev.weft.proxy.listener;

import java.util.concurrent.atomic.LongAdder;

/** Counters of one listener since its address was bound. Written by any loop, read by telemetry. */
public final class ListenerStats {
    final LongAdder accepted = new LongAdder();
    final LongAdder closed = new LongAdder();
    final LongAdder acceptErrors = new LongAdder();
    final LongAdder noFilterChain = new LongAdder();
    final LongAdder sniffTimeouts = new LongAdder();
    final LongAdder missingSecret = new LongAdder();
    final LongAdder handshakes = new LongAdder();
    final LongAdder handshakeFailures = new LongAdder();

    /** A moment of all counters. */
    public Snapshot snapshot() {
        long ended = closed.sum();
        long begun = accepted.sum();
        return new Snapshot(
                begun,
                Math.max(0, begun - ended),
                acceptErrors.sum(),
                noFilterChain.sum(),
                sniffTimeouts.sum(),
                missingSecret.sum(),
                handshakes.sum(),
                handshakeFailures.sum());
    }

    /**
     * @param missingSecret connections closed since the chain's certificate had not arrived
     * @param handshakeFailures refused peers and broken handshakes, ours and theirs
     */
    public record Snapshot(
            long accepted,
            long active,
            long acceptErrors,
            long noFilterChain,
            long sniffTimeouts,
            long missingSecret,
            long handshakes,
            long handshakeFailures) {}
}
