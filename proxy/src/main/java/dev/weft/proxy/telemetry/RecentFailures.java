package dev.weft.proxy.telemetry;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.ExchangeObserver;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.ResponseFlag;
import dev.weft.proxy.exchange.RouteDecision;
import dev.weft.proxy.exchange.Timings;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the latest exchanges that this proxy had to end itself, so that the question why can be answered without a log. A ring per
 * loop, written by that loop alone and read by any; an exchange that went well costs one comparison.
 */
public final class RecentFailures implements ExchangeObserver {
    private static final int MOST_LOOPS = 256;
    private static final int KEPT_PER_LOOP = 64;
    private static final int LONGEST_PATH = 256;
    private static final long NANOS_PER_MICRO = 1_000;

    private final AtomicReferenceArray<@Nullable Ring> rings = new AtomicReferenceArray<>(MOST_LOOPS);

    @Override
    public void done(Exchange exchange) {
        FailureReason reason = exchange.failure();
        if (reason == null || reason == FailureReason.DIRECT_RESPONSE) {
            return;
        }
        Ring ring = rings.get(exchange.loop().index());
        if (ring == null) {
            ring = new Ring();
            rings.set(exchange.loop().index(), ring);
        }
        ring.add(failure(exchange, reason));
    }

    /** The failures that are kept, the latest first. */
    public ImmutableList<Failure> latest() {
        List<Failure> all = new ArrayList<>();
        for (int i = 0; i < MOST_LOOPS; i++) {
            Ring ring = rings.get(i);
            if (ring != null) {
                ring.addTo(all);
            }
        }
        all.sort(Comparator.comparing(Failure::start).reversed());
        return ImmutableList.copyOf(all);
    }

    private static Failure failure(Exchange exchange, FailureReason reason) {
        String path = exchange.request().path();
        int query = path.indexOf('?');
        int end = Math.min(query < 0 ? path.length() : query, LONGEST_PATH);
        RouteDecision route = exchange.routeIfKnown();
        Timings timings = exchange.timings();
        long done = timings.responseEnd == 0 ? exchange.loop().now() : timings.responseEnd;
        return new Failure(
                Instant.ofEpochMilli(timings.startEpochMillis),
                exchange.connection().listener(),
                exchange.request().methodText(),
                exchange.request().authority(),
                path.substring(0, end),
                exchange.response().status(),
                reason.code(),
                exchange.details(),
                ResponseFlag.codes(exchange.flags()),
                route == null ? "" : route.routeName(),
                exchange.upstream().cluster(),
                exchange.upstream().host(),
                exchange.upstream().failure(),
                exchange.upstream().attempts(),
                micros(timings.start, timings.upstreamRequestStart),
                micros(timings.start, done));
    }

    private static long micros(long from, long to) {
        return from == 0 || to == 0 ? -1 : Math.max(0, (to - from) / NANOS_PER_MICRO);
    }

    /**
     * One exchange that failed. The query is left out, since it may hold secrets.
     *
     * @param path at most {@value LONGEST_PATH} characters; empty for connections that speak no HTTP
     * @param status 0 where nobody was answered
     * @param reason the stable code
     * @param upstreamFailure what the transport said
     * @param upstreamStartMicros until the upstream was written to; -1 for never
     */
    public record Failure(
            Instant start,
            String listener,
            String method,
            String authority,
            String path,
            int status,
            String reason,
            String details,
            String flags,
            String route,
            String cluster,
            String endpoint,
            String upstreamFailure,
            int attempts,
            long upstreamStartMicros,
            long durationMicros) {}

    private static final class Ring {
        private final AtomicReferenceArray<@Nullable Failure> slots = new AtomicReferenceArray<>(KEPT_PER_LOOP);
        private int next;

        void add(Failure failure) {
            slots.set(next, failure);
            next = (next + 1) % KEPT_PER_LOOP;
        }

        void addTo(List<Failure> all) {
            for (int i = 0; i < KEPT_PER_LOOP; i++) {
                Failure failure = slots.get(i);
                if (failure != null) {
                    all.add(failure);
                }
            }
        }
    }
}
