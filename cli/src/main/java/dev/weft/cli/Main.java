package dev.weft.cli;

import dev.weft.cli.command.Meshctl;

/** Entry point of {@code meshctl}. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) {
        System.exit(Meshctl.execute(arguments));
    }
}
