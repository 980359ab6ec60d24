package dev.weft.injector.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableMap;
import dev.weft.injector.tree.Note;
import dev.weft.injector.tree.PodTree;
import java.util.List;
import java.util.Optional;

/**
 * Turns the kubelet's questions to the application into questions to the agent, which asks on from inside the pod: the kubelet has no certificate of the mesh, and
 * a captured port takes every connection, so that a TCP probe would always pass. Confined to one call; changes the containers.
 */
final class ProbeRewriter {
    private static final int AGENT_PORT = 15020;
    private static final ImmutableMap<String, String> PROBES =
            ImmutableMap.of("livenessProbe", "livez", "readinessProbe", "readyz", "startupProbe", "startupz");
    private static final ImmutableMap<String, String> HOOKS =
            ImmutableMap.of("postStart", "poststartz", "preStop", "prestopz");

    private final ObjectNode relayed = JsonNodeFactory.instance.objectNode();
    private final List<Note> notes;

    private ProbeRewriter(List<Note> notes) {
        this.notes = notes;
    }

    /** The questions to relay, by path, as JSON; empty where there are none. */
    static String rewrite(PodTree pod, List<Note> notes) {
        ProbeRewriter rewriter = new ProbeRewriter(notes);
        pod.initContainers().forEach(rewriter::container);
        pod.containers().forEach(rewriter::container);
        return rewriter.relayed.isEmpty() ? "" : rewriter.relayed.toString();
    }

    private void container(ObjectNode container) {
        String name = container.path("name").asText();
        PROBES.forEach((field, path) -> {
            if (container.path(field) instanceof ObjectNode probe) {
                action(container, field, probe, "/app-health/" + name + "/" + path);
            }
        });
        HOOKS.forEach((field, path) -> {
            if (container.path("lifecycle").path(field) instanceof ObjectNode hook) {
                action(container, "lifecycle." + field, hook, "/app-lifecycle/" + name + "/" + path);
            }
        });
    }

    private void action(ObjectNode container, String field, ObjectNode action, String path) {
        ObjectNode relay = JsonNodeFactory.instance.objectNode();
        boolean http = action.path("httpGet") instanceof ObjectNode;
        String kind = http ? "httpGet" : action.path("tcpSocket") instanceof ObjectNode ? "tcpSocket" : "grpc";
        if (!(action.path(kind) instanceof ObjectNode written)) {
            return;
        }
        if (!written.path("host").asText().isEmpty()) {
            // It asks somebody else than this pod, which the agent cannot do in the kubelet's place.
            return;
        }
        Optional<Integer> port = port(container, written.path("port"));
        if (port.isEmpty()) {
            notes.add(Note.warning(
                    "spec.containers[" + container.path("name").asText() + "]." + field + "." + kind + ".port",
                    "no port of the container is called " + written.path("port") + ", the probe stays as it is"));
            return;
        }
        ObjectNode question = written.deepCopy();
        question.put("port", port.get());
        relay.set(kind, question);
        if (action.has("timeoutSeconds")) {
            relay.set("timeoutSeconds", action.get("timeoutSeconds"));
        }
        relayed.set(path, relay);
        action.remove(kind);
        ObjectNode asked = action.putObject("httpGet");
        if (http && written.has("httpHeaders")) {
            asked.set("httpHeaders", written.get("httpHeaders"));
        }
        asked.put("path", path).put("port", AGENT_PORT);
    }

    private static Optional<Integer> port(ObjectNode container, JsonNode port) {
        if (port.isInt()) {
            return Optional.of(port.asInt());
        }
        String name = port.asText();
        if (name.matches("[0-9]{1,5}")) {
            return Optional.of(Integer.parseInt(name));
        }
        for (JsonNode candidate : container.path("ports")) {
            if (candidate.path("name").asText().equals(name)
                    && candidate.path("containerPort") instanceof IntNode number) {
                return Optional.of(number.intValue());
            }
        }
        return Optional.empty();
    }
}
