package dev.weft.cli.output;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Map;

/**
 * The two streams and what may be done to them: data goes to {@code out}, everything else to {@code err}, colour only where the stream is
 * a terminal or the user insists. Used by one thread at a time.
 *
 * @param outStyle how {@code out} may be painted
 * @param errStyle how {@code err} may be painted
 * @param notes whether footers and hints are wanted
 */
public record Console(PrintStream out, PrintStream err, Style outStyle, Style errStyle, Notes notes) {
    /** Whether a stream takes colours, and whether it is a screen that can be redrawn. */
    public enum Style {
        /** A file or a pipe. */
        PLAIN,
        /** A pipe that the user wants coloured. */
        COLORED,
        /** A terminal without colours. */
        TERMINAL,
        COLORED_TERMINAL;

        public boolean colored() {
            return this == COLORED || this == COLORED_TERMINAL;
        }

        public boolean terminal() {
            return this == TERMINAL || this == COLORED_TERMINAL;
        }
    }

    /** Whether the tool talks beside its answers. */
    public enum Notes {
        SHOWN,
        HIDDEN
    }

    /** When to paint, as {@code --color} says. */
    public enum ColorChoice {
        AUTO,
        ALWAYS,
        NEVER
    }

    /**
     * @param environment NO_COLOR, CLICOLOR_FORCE, TERM, and WEFT_TTY, in which the launcher says which streams are terminals (the JVM
     *     knows it only for all streams at once)
     */
    public static Console of(Map<String, String> environment, ColorChoice choice, Notes notes) {
        String terminals = environment.getOrDefault("WEFT_TTY", "");
        return new Console(
                System.out,
                System.err,
                style(environment, choice, terminals.contains("out")),
                style(environment, choice, terminals.contains("err")),
                notes);
    }

    static Style style(Map<String, String> environment, ColorChoice choice, boolean terminal) {
        boolean colored = switch (choice) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO ->
                !environment.getOrDefault("CLICOLOR_FORCE", "0").equals("0")
                        || (terminal
                                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                                && !environment.getOrDefault("TERM", "").equals("dumb"));
        };
        if (terminal) {
            return colored ? Style.COLORED_TERMINAL : Style.TERMINAL;
        }
        return colored ? Style.COLORED : Style.PLAIN;
    }

    public String paint(Paint paint, String text) {
        return outStyle.colored() ? paint.on(text) : text;
    }

    /** A line of data. */
    public void print(String line) {
        out.println(line);
    }

    /** A line beside the data: progress, hints, "nothing found". */
    public void note(String line) {
        if (notes == Notes.SHOWN) {
            err.println(errStyle.colored() ? Paint.DIM.on(line) : line);
        }
    }

    /** A line beside the data that also a quiet run shows. */
    public void warn(String line) {
        err.println(errStyle.colored() ? Paint.WARN.on(line) : line);
    }

    static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
