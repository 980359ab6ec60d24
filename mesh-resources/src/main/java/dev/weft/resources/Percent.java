package dev.weft.resources;

import com.google.errorprone.annotations.Immutable;

/** A share of 100, kept to a ten-thousandth. */
@Immutable
public record Percent(double value) {
    public static final Percent ZERO = new Percent(0);
    public static final Percent ALL = new Percent(100);

    /** The same share of a million, which is how proxies count it. */
    public int perMillion() {
        return (int) Math.round(value * 10_000);
    }
}
