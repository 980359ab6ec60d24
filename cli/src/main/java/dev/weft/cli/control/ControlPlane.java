package dev.weft.cli.control;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.weft.cli.output.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.Proxy;
import java.net.URI;
import java.time.Duration;

/**
 * The HTTP API of a control plane, or the admin port of a proxy: JSON over GET. Immutable; blocks its caller. The answers stay trees: the
 * tool shows fields that it does not know in {@code -o json}, and copes with ones that are missing.
 */
public final class ControlPlane {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private final URI server;
    private final Duration timeout;

    public ControlPlane(URI server, Duration timeout) {
        this.server = server;
        this.timeout = timeout;
    }

    public URI server() {
        return server;
    }

    /** Proxies with their state, and the problems of resources. */
    public JsonNode status() {
        return json("/api/v1/status");
    }

    /** Traffic of the last {@code window}, one item for each edge. */
    public JsonNode stat(Duration window) {
        return json("/api/v1/stat?window=" + window.toSeconds() + "s");
    }

    public JsonNode workloads() {
        return json("/api/v1/workloads");
    }

    /** A GET whose answer is JSON; a {@link Failure} where none comes. */
    public JsonNode json(String path) {
        try {
            HttpURLConnection connection = open(path);
            if (connection.getResponseCode() != 200) {
                throw Failure.noAnswer(
                        "cannot read " + server.resolve(path),
                        "it answered with status " + connection.getResponseCode(),
                        "look at the log of what listens there");
            }
            try (InputStream body = connection.getInputStream()) {
                return MAPPER.readTree(body);
            }
        } catch (IOException e) {
            throw unreachable(path, e);
        }
    }

    /** Whether {@code path} answers with status 200 now. */
    public boolean answers(String path) {
        try {
            HttpURLConnection connection = open(path);
            int status = connection.getResponseCode();
            try (InputStream body = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
                if (body != null) {
                    body.readAllBytes();
                }
            }
            return status == 200;
        } catch (IOException e) {
            return false;
        }
    }

    private HttpURLConnection open(String path) throws IOException {
        // Never through a proxy of the environment: both ends are on this machine, or are named on purpose.
        var connection = (HttpURLConnection) server.resolve(path).toURL().openConnection(Proxy.NO_PROXY);
        connection.setConnectTimeout((int) timeout.toMillis());
        connection.setReadTimeout((int) timeout.toMillis());
        return connection;
    }

    private Failure unreachable(String path, IOException cause) {
        return Failure.noAnswer(
                        "cannot reach " + server.resolve(path),
                        String.valueOf(cause.getMessage()),
                        "start one with: meshctl demo   or name another with --server URL")
                .causedBy(cause);
    }
}
