package dev.weft.injector.render;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.injector.select.Names;
import dev.weft.injector.settings.PodSettings;
import dev.weft.injector.settings.PodSettings.Placement;
import dev.weft.resources.MeshConfig.ProxyConfig.ApplicationStart;
import java.util.Optional;

/**
 * What happens in the proxy's container beside the proxy: waiting for it, telling it to drain. Stateless. The commands are the image's own, which start no Java. They
 * are no HTTP hooks, because the kubelet calls from outside, and draining is nobody else's to ask for than the pod's.
 */
final class ProxyHooks {
    private ProxyHooks() {}

    /**
     * A native sidecar drains as soon as the pod is told to end, and is told to end itself only when the application has; a plain container drains when it is told to
     * end, together with the application. Only the latter needs to hold the application back: the former's startup probe does.
     */
    static Optional<ObjectNode> lifecycle(PodSettings settings) {
        ObjectNode lifecycle = JsonNodeFactory.instance.objectNode();
        if (settings.placement() == Placement.NATIVE_SIDECAR) {
            command(lifecycle, "preStop", "drain");
            return Optional.of(lifecycle);
        }
        if (settings.applicationStart() == ApplicationStart.AFTER_PROXY) {
            command(lifecycle, "postStart", "wait");
            return Optional.of(lifecycle);
        }
        return Optional.empty();
    }

    private static void command(ObjectNode lifecycle, String hook, String order) {
        ArrayNode command = lifecycle.putObject(hook).putObject("exec").putArray("command");
        command.add(Names.PROXY).add(order);
    }
}
