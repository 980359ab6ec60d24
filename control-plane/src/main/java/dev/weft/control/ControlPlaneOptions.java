package dev.weft.control;

import com.google.errorprone.annotations.Immutable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What the command line says.
 *
 * @param files directory of YAML
 * @param state directory for the authority, the token key and {@code control.json}
 * @param xdsPort 0 for any free one
 * @param httpPort 0 for any free one
 * @param meshConfig a mesh configuration outside {@code files}
 */
@Immutable
@SuppressWarnings("Immutable") // paths of the default file system are immutable
public record ControlPlaneOptions(Path files, Path state, int xdsPort, int httpPort, Optional<Path> meshConfig) {

    static final String USAGE = """
            usage: weft-control --files DIR --state DIR [--xds-port N] [--http-port N] [--mesh-config FILE]

              --files DIR         directory of YAML, watched
              --state DIR         directory for the certificate authority, the token key and control.json
              --xds-port N        port for proxies (TLS), 0 for any free one (default 15012)
              --http-port N       port for the API and metrics on 127.0.0.1, 0 for any free one (default 15014)
              --mesh-config FILE  mesh configuration that is not among the files
            """;

    private static final int DEFAULT_XDS_PORT = 15012;
    private static final int DEFAULT_HTTP_PORT = 15014;

    /** The command line is wrong; the message says where. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    static ControlPlaneOptions parse(List<String> arguments) throws UsageException {
        Optional<Path> files = Optional.empty();
        Optional<Path> state = Optional.empty();
        Optional<Path> meshConfig = Optional.empty();
        int xdsPort = DEFAULT_XDS_PORT;
        int httpPort = DEFAULT_HTTP_PORT;
        for (int i = 0; i < arguments.size(); i += 2) {
            String option = arguments.get(i);
            if (i + 1 == arguments.size()) {
                throw new UsageException(option + ": expected a value");
            }
            String value = arguments.get(i + 1);
            switch (option) {
                case "--files" -> files = Optional.of(Path.of(value));
                case "--state" -> state = Optional.of(Path.of(value));
                case "--mesh-config" -> meshConfig = Optional.of(Path.of(value));
                case "--xds-port" -> xdsPort = port(option, value);
                case "--http-port" -> httpPort = port(option, value);
                default -> throw new UsageException(option + ": no such option");
            }
        }
        if (files.isEmpty() || state.isEmpty()) {
            throw new UsageException((files.isEmpty() ? "--files" : "--state") + ": is required");
        }
        return new ControlPlaneOptions(files.get(), state.get(), xdsPort, httpPort, meshConfig);
    }

    private static int port(String option, String value) throws UsageException {
        try {
            int port = Integer.parseInt(value);
            if (port >= 0 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // Reported below like a number out of range.
            throw new UsageException(option + ": found \"" + value + "\", expected a port from 0 to 65535");
        }
        throw new UsageException(option + ": found \"" + value + "\", expected a port from 0 to 65535");
    }
}
