package dev.weft.cli.output;

/** Colours by meaning. Colour never carries a state alone: the word stands beside it. */
public enum Paint {
    PLAIN(""),
    GOOD("\033[32m"),
    WARN("\033[33m"),
    BAD("\033[31m"),
    STRONG("\033[1m"),
    DIM("\033[2m");

    private static final String RESET = "\033[0m";

    private final String start;

    Paint(String start) {
        this.start = start;
    }

    String on(String text) {
        return this == PLAIN || text.isEmpty() ? text : start + text + RESET;
    }
}
