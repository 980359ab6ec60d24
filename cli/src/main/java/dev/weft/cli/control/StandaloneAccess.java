package dev.weft.cli.control;

import com.fasterxml.jackson.databind.JsonNode;
import dev.weft.cli.output.Failure;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** A mesh of processes on this machine: a demo, or a control plane that was named by its address. The control plane knows the admin ports. */
public final class StandaloneAccess implements MeshAccess {
    private final ControlPlane control;
    private final Duration timeout;

    public StandaloneAccess(URI server, Duration timeout) {
        this.control = new ControlPlane(server, timeout);
        this.timeout = timeout;
    }

    @Override
    public Replicas control() {
        return Replicas.of(control);
    }

    @Override
    public ControlPlane proxy(String name, String namespace) {
        JsonNode known = control.status().path("items");
        List<JsonNode> found = known.valueStream()
                .filter(item -> ProxyName.matches(item, name))
                .filter(item ->
                        namespace.isEmpty() || item.path("namespace").asText().equals(namespace))
                .toList();
        if (found.size() != 1) {
            List<String> names = (found.isEmpty() ? known.valueStream() : found.stream())
                    .map(item -> item.path("name").asText() + "."
                            + item.path("namespace").asText())
                    .sorted()
                    .toList();
            throw Failure.wrongQuestion(
                    found.isEmpty() ? "no proxy is called " + name : name + " could be " + found.size() + " proxies",
                    "the control plane knows " + (names.isEmpty() ? "none" : String.join(", ", names)),
                    "name one of them, or give the address with --admin HOST:PORT");
        }
        int port = found.getFirst().path("adminPort").asInt();
        if (port == 0) {
            throw Failure.noAnswer(
                    "the admin port of " + name + " is not known",
                    "its node metadata has no ADMIN_PORT",
                    "give the address with --admin HOST:PORT");
        }
        return new ControlPlane(URI.create("http://127.0.0.1:" + port), timeout);
    }
}
