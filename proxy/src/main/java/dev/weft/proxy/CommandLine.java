package dev.weft.proxy;

import dev.weft.proxy.telemetry.log.LogLevel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the program was called with. Parsed by hand: a library would cost memory in every pod.
 *
 * @param mode what to do
 * @param bootstrap the file behind {@code -c}
 * @param socket the Unix socket of an agent
 * @param logLevel what is logged
 */
record CommandLine(Mode mode, Path bootstrap, OptionalInt concurrency, Optional<Path> socket, LogLevel logLevel) {
    static final String USAGE = """
            usage: weft-proxy -c FILE [--concurrency N] [--log-level LEVEL] [--print-config]
                   weft-proxy agent -c FILE --socket PATH

              -c, --config-path FILE   Envoy bootstrap: .json, .pb (binary), or YAML
              --concurrency N          event loops (default: one up to one CPU, two above)
              -l, --log-level LEVEL    trace, debug, info (default), warning, error, critical or off
              --print-config           print what the bootstrap means and end
              agent                    get the workload's certificate and serve it, and ADS, to another proxy
              --socket PATH            where the agent listens (Unix socket)
            """;

    /** What the program does. */
    enum Mode {
        RUN,
        PRINT,
        AGENT,
        HELP
    }

    /** @throws IllegalArgumentException with what is wrong */
    static CommandLine parse(String[] args) {
        Mode mode = Mode.RUN;
        Path file = null;
        OptionalInt concurrency = OptionalInt.empty();
        Optional<Path> socket = Optional.empty();
        LogLevel level = LogLevel.INFO;
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "-c", "--config-path" -> file = Path.of(value(args, ++i));
                case "--concurrency" -> concurrency = OptionalInt.of(number(args[i], value(args, ++i)));
                case "-l", "--log-level" -> level = level(args[i], value(args, ++i));
                case "--socket" -> socket = Optional.of(Path.of(value(args, ++i)));
                case "--print-config" -> mode = Mode.PRINT;
                case "agent" -> mode = Mode.AGENT;
                case "-h", "--help" -> mode = Mode.HELP;
                default -> throw new IllegalArgumentException("unknown argument '" + args[i] + "'");
            }
        }
        if (mode != Mode.HELP && file == null) {
            throw new IllegalArgumentException("-c FILE is missing: the bootstrap to run on");
        }
        if (mode == Mode.AGENT && socket.isEmpty()) {
            throw new IllegalArgumentException("--socket PATH is missing: where the agent shall listen");
        }
        return new CommandLine(mode, file == null ? Path.of("") : file, concurrency, socket, level);
    }

    private static String value(String[] args, int at) {
        if (at >= args.length) {
            throw new IllegalArgumentException(args[at - 1] + " needs a value");
        }
        return args[at];
    }

    private static LogLevel level(String name, String text) {
        return LogLevel.parse(text)
                .orElseThrow(() -> new IllegalArgumentException(name + " is '" + text
                        + "', expected one of trace, debug, info, warning, error, critical, off"));
    }

    private static int number(String name, String text) {
        try {
            int value = Integer.parseInt(text);
            if (value > 0) {
                return value;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(name + " is '" + text + "', expected a number", e);
        }
        throw new IllegalArgumentException(name + " is " + text + ", expected at least 1");
    }
}
