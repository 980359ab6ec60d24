package dev.weft.injector.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.injector.config.InjectorConfig.InterceptionMode;
import dev.weft.injector.settings.PodSettings;
import dev.weft.injector.settings.PodSettings.Placement;
import dev.weft.injector.tree.Note;
import dev.weft.injector.tree.PodTree;
import java.util.List;

/** What of the application cannot stand beside a proxy, or not well. Stateless. */
final class PodChecks {
    private static final int FIRST_RESERVED = 15000;
    private static final int LAST_RESERVED = 15090;
    private static final int DEFAULT_GRACE_SECONDS = 30;

    private PodChecks() {}

    static void check(PodTree pod, PodSettings settings, PodIdentity identity, List<Note> notes) {
        boolean captured = !settings.isGateway() && settings.capture().mode() != InterceptionMode.NONE;
        for (ObjectNode container : pod.containers()) {
            if (captured) {
                user(pod, container, "runAsUser", "user", notes);
                user(pod, container, "runAsGroup", "group", notes);
            }
            ports(container, notes);
        }
        long drain = settings.terminationDrain().toSeconds();
        int grace = pod.spec().path("terminationGracePeriodSeconds").asInt(DEFAULT_GRACE_SECONDS);
        if (drain > grace) {
            notes.add(Note.warning(
                    "spec.terminationGracePeriodSeconds",
                    "found " + grace + " s, in which a proxy that drains for " + drain + " s is killed"));
        }
        if (identity.owner().endsByItself() && settings.placement() == Placement.CONTAINER) {
            notes.add(
                    Note.warning(
                            "",
                            "the " + identity.owner().kind()
                                    + " ends only when its application calls POST http://127.0.0.1:15020/quitquitquit, since the proxy is no native sidecar"));
        }
    }

    /** Init containers are left alone: as the proxy's user is how one of them reaches the network before the proxy runs. */
    private static void user(PodTree pod, ObjectNode container, String field, String what, List<Note> notes) {
        JsonNode own = container.path("securityContext").path(field);
        boolean inherited = own.isMissingNode() || own.isNull();
        JsonNode id = inherited ? pod.spec().path("securityContext").path(field) : own;
        if (id.asLong() == SecurityContexts.PROXY_ID) {
            notes.add(Note.refusal(
                    inherited
                            ? "spec.securityContext." + field
                            : "spec.containers[" + container.path("name").asText() + "].securityContext." + field,
                    "the application would run as " + what + " " + SecurityContexts.PROXY_ID
                            + ", which is the proxy's: its traffic would bypass the mesh; choose another"));
        }
    }

    private static void ports(ObjectNode container, List<Note> notes) {
        for (JsonNode port : container.path("ports")) {
            int number = port.path("containerPort").asInt();
            if (number >= FIRST_RESERVED && number <= LAST_RESERVED) {
                notes.add(Note.warning(
                        "spec.containers[" + container.path("name").asText() + "].ports",
                        "found the port " + number + "; " + FIRST_RESERVED + " to " + LAST_RESERVED
                                + " are the proxy's, and one of the two may fail to listen"));
            }
        }
    }
}
