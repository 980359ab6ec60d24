package dev.weft.proxy.exchange;

/** The time, as a constructor argument so that tests can set it. */
public interface Ticker {
    /** Time that only runs forward, in nanoseconds from an arbitrary start; never 0. */
    long nanos();

    /** Milliseconds since 1970. */
    long epochMillis();

    /** The machine's clocks. */
    static Ticker system() {
        return new Ticker() {
            @Override
            public long nanos() {
                return System.nanoTime() | 1;
            }

            @Override
            public long epochMillis() {
                return System.currentTimeMillis();
            }
        };
    }
}
