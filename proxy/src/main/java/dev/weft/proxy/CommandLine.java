package dev.weft.proxy;

import dev.weft.proxy.pod.PodRole;
import dev.weft.proxy.telemetry.log.LogLevel;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the program was called with. Parsed by hand: a library would cost memory in every pod.
 *
 * @param mode what to do
 * @param source where the bootstrap comes from
 * @param socket the Unix socket of an agent
 * @param logLevel what is logged; empty where nothing was said
 */
record CommandLine(
        Mode mode, Source source, OptionalInt concurrency, Optional<Path> socket, Optional<LogLevel> logLevel) {
    static final String USAGE = """
            usage: weft-proxy -c FILE [--concurrency N] [--log-level LEVEL] [--print-config]
                   weft-proxy sidecar|gateway [--concurrency N] [--log-level LEVEL] [--print-config]
                   weft-proxy agent -c FILE --socket PATH
                   weft-proxy wait [SECONDS] | drain | quit

              sidecar, gateway         the proxy of a pod, told by the pod's environment what a bootstrap would say
              -c, --config-path FILE   Envoy bootstrap: .json, .pb (binary), or YAML
              --concurrency N          event loops (default: one up to one CPU, two above)
              -l, --log-level LEVEL    trace, debug, info (default), warning, error, critical or off
              --print-config           print what the bootstrap means and end
              wait, drain, quit        orders to the proxy of this pod (see bin/weft-proxy)
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

    /** Where a bootstrap comes from. */
    sealed interface Source {
        record Nowhere() implements Source {}

        record File(Path path) implements Source {
            @Override
            public String toString() {
                return "bootstrap " + path;
            }
        }

        record Environment(PodRole role) implements Source {
            @Override
            public String toString() {
                return "bootstrap made of the environment";
            }
        }
    }

    /** @throws IllegalArgumentException with what is wrong */
    static CommandLine parse(String[] args) {
        Mode mode = Mode.RUN;
        Source source = new Source.Nowhere();
        OptionalInt concurrency = OptionalInt.empty();
        Optional<Path> socket = Optional.empty();
        Optional<LogLevel> level = Optional.empty();
        for (int i = 0; i < args.length; i++) {
            switch (args[i]) {
                case "-c", "--config-path" -> source = new Source.File(Path.of(value(args, ++i)));
                case "--concurrency" -> concurrency = OptionalInt.of(number(args[i], value(args, ++i)));
                case "-l", "--log-level" -> level = Optional.of(level(args[i], value(args, ++i)));
                case "--socket" -> socket = Optional.of(Path.of(value(args, ++i)));
                case "--print-config" -> mode = Mode.PRINT;
                case "sidecar" -> source = new Source.Environment(PodRole.SIDECAR);
                case "gateway" -> source = new Source.Environment(PodRole.GATEWAY);
                case "agent" -> mode = Mode.AGENT;
                case "-h", "--help" -> mode = Mode.HELP;
                default -> throw new IllegalArgumentException("unknown argument '" + args[i] + "'");
            }
        }
        if (mode != Mode.HELP && source instanceof Source.Nowhere) {
            throw new IllegalArgumentException("-c FILE, sidecar or gateway is missing: what to run on");
        }
        if (mode == Mode.AGENT && socket.isEmpty()) {
            throw new IllegalArgumentException("--socket PATH is missing: where the agent shall listen");
        }
        return new CommandLine(mode, source, concurrency, socket, level);
    }

    private static String value(String[] args, int at) {
        if (at >= args.length) {
            throw new IllegalArgumentException(args[at - 1] + " needs a value");
        }
        return args[at];
    }

    static LogLevel level(String name, String text) {
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
