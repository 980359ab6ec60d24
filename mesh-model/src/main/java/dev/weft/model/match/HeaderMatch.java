package dev.weft.model.match;

import com.google.errorprone.annotations.Immutable;

/**
 * One header condition with the semantics of Envoy 1.39 and later ({@code config.route.v3.HeaderMatcher}): each value of a
 * repeated header is tested alone; any match counts, and with {@code invert} any match fails. A missing header never matches a
 * value test, not even inverted, unless {@code treatMissingAsEmpty}; only {@link Presence} inverts on absence.
 */
@Immutable
public record HeaderMatch(HeaderKey name, Test test, boolean invert, boolean treatMissingAsEmpty) {
    private static final byte[] EMPTY = {};

    public static HeaderMatch of(String name, StringMatch value) {
        return new HeaderMatch(HeaderKey.of(name), new Value(value), false, false);
    }

    public static HeaderMatch present(String name) {
        return new HeaderMatch(HeaderKey.of(name), new Presence(true), false, false);
    }

    /** Negated, where an absent header counts as a match (Istio's {@code withoutHeaders} and {@code notValues}). */
    public HeaderMatch not() {
        return new HeaderMatch(name, test, !invert, test instanceof Value);
    }

    public boolean matches(RequestFacts request) {
        return switch (test) {
            case Presence p -> (request.header(name, 0) != Ranges.NONE) == (p.present() != invert);
            case Value v -> anyValue(request, v.match()) ^ invert && !absentAndNotEmpty(request);
            case IntegerRange r -> anyInRange(request, r) ^ invert && !absentAndNotEmpty(request);
        };
    }

    private boolean absentAndNotEmpty(RequestFacts request) {
        return !treatMissingAsEmpty && request.header(name, 0) == Ranges.NONE;
    }

    private boolean anyValue(RequestFacts request, StringMatch match) {
        long value = request.header(name, 0);
        if (value == Ranges.NONE) {
            return treatMissingAsEmpty && match.matches(EMPTY, 0, 0);
        }
        byte[] block = request.block();
        for (int n = 1; value != Ranges.NONE; n++) {
            if (match.matches(block, value)) {
                return true;
            }
            value = request.header(name, n);
        }
        return false;
    }

    private boolean anyInRange(RequestFacts request, IntegerRange range) {
        byte[] block = request.block();
        long value = request.header(name, 0);
        for (int n = 1; value != Ranges.NONE; n++) {
            if (range.contains(block, Ranges.offset(value), Ranges.length(value))) {
                return true;
            }
            value = request.header(name, n);
        }
        return false;
    }

    /** What is asked of the header. */
    @Immutable
    public sealed interface Test {}

    public record Presence(boolean present) implements Test {}

    public record Value(StringMatch match) implements Test {}

    /** Decimal value in {@code [start, end)}; anything else in the value is no match. */
    public record IntegerRange(long start, long end) implements Test {
        boolean contains(byte[] block, int offset, int length) {
            int i = offset;
            int limit = offset + length;
            boolean negative = length > 0 && block[i] == '-';
            if (negative || length > 0 && block[i] == '+') {
                i++;
            }
            if (i == limit || limit - i > 18) {
                return false;
            }
            long value = 0;
            for (; i < limit; i++) {
                int digit = block[i] - '0';
                if (digit < 0 || digit > 9) {
                    return false;
                }
                value = value * 10 + digit;
            }
            value = negative ? -value : value;
            return value >= start && value < end;
        }
    }
}
