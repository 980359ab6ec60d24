package dev.weft.cli;

import dev.weft.cli.command.Meshctl;

/** Entry point of {@code meshctl}. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        // The tool answers by itself; what libraries have to log is no part of the answer, and the class path holds the
        // logging of other programs.
        System.setProperty("slf4j.provider", "org.slf4j.helpers.NOP_FallbackServiceProvider");
        System.setProperty("slf4j.internal.verbosity", "ERROR");
        System.exit(Meshctl.execute(arguments));
    }
}
