package dev.weft.examples.bookstore;

import com.google.common.collect.ImmutableMap;
import java.time.Duration;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * What a request orders one program to do wrong, by the header {@code x-fault-SERVICE}: {@code delay=200ms}, {@code status=503},
 * {@code rate=0.5} (share of the requests that the status hits), joined by commas. The header travels with the request, so the
 * browser can slow down or break a program four hops away.
 *
 * @param delay waited before the answer
 * @param status answered instead of the real answer; 0 for none
 * @param rate share of requests that get the status, 0 to 1
 */
record Fault(Duration delay, int status, double rate) {
    static final String PREFIX = "x-fault-";

    /** Empty where the request orders nothing of this program. An order that makes no sense is an error that names it. */
    static Optional<Fault> parse(ImmutableMap<String, String> headers, String service) {
        String order = headers.get(PREFIX + service);
        if (order == null) {
            return Optional.empty();
        }
        Duration delay = Duration.ZERO;
        int status = 0;
        double rate = 1;
        try {
            for (String part : order.split(",", -1)) {
                String[] pair = part.strip().split("=", 2);
                String value = pair.length == 2 ? pair[1].strip() : "";
                switch (pair[0].strip()) {
                    case "delay" -> delay = Duration.ofMillis(Long.parseLong(value.replaceFirst("ms$", "")));
                    case "status" -> status = Integer.parseInt(value);
                    case "rate" -> rate = Double.parseDouble(value);
                    default -> throw new IllegalArgumentException(part);
                }
            }
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    PREFIX + service + ": expected delay=200ms,status=503,rate=0.5, found " + order, e);
        }
        if (status != 0 && (status < 200 || status > 599)) {
            throw new IllegalArgumentException(
                    PREFIX + service + ": expected a status from 200 to 599, found " + status);
        }
        return Optional.of(new Fault(delay, status, rate));
    }

    /** Waits, and returns the status to answer with, or 0 to go on. */
    int apply(RandomGenerator random) throws InterruptedException {
        Thread.sleep(delay);
        return status != 0 && random.nextDouble() < rate ? status : 0;
    }
}
