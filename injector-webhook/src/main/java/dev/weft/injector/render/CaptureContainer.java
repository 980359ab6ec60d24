package dev.weft.injector.render;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.injector.config.InjectorConfig.CaptureLists;
import dev.weft.injector.select.Names;
import dev.weft.injector.settings.PodSettings;

/** The init container that leads the pod's traffic through the proxy. Stateless. */
final class CaptureContainer {
    /** Never captured: what the kubelet and Prometheus ask of the proxy itself. */
    private static final String PROXY_PORTS = "15020,15021,15090";

    private CaptureContainer() {}

    static ObjectNode of(PodSettings settings) {
        ObjectNode container = JsonNodeFactory.instance.objectNode();
        container.put("name", Names.CAPTURE);
        ProxyContainer.image(container, settings);
        container.putArray("command").add("weft-capture");
        arguments(container.putArray("args"), settings);
        ProxyContainer.resources(container, settings.config().capture().resources());
        container.set("securityContext", SecurityContexts.capture());
        return container;
    }

    private static void arguments(ArrayNode arguments, PodSettings settings) {
        CaptureLists lists = settings.capture().lists();
        String excluded = lists.excludeInboundPorts();
        arguments.add("apply");
        add(arguments, "-p", "15001");
        add(arguments, "-z", "15006");
        add(arguments, "-u", String.valueOf(SecurityContexts.PROXY_ID));
        add(arguments, "-g", String.valueOf(SecurityContexts.PROXY_ID));
        add(arguments, "-m", settings.capture().modeName());
        add(arguments, "-i", lists.includeOutboundRanges());
        addIfSet(arguments, "-x", lists.excludeOutboundRanges());
        add(arguments, "-b", lists.includeInboundPorts());
        add(arguments, "-d", excluded.isEmpty() ? PROXY_PORTS : PROXY_PORTS + "," + excluded);
        addIfSet(arguments, "-q", lists.includeOutboundPorts());
        addIfSet(arguments, "-o", lists.excludeOutboundPorts());
        addIfSet(arguments, "-k", lists.virtualInterfaces());
        addIfSet(arguments, "-c", lists.excludeInterfaces());
        if (settings.capture().dns().isOn()) {
            arguments.add("--redirect-dns");
        }
        add(arguments, "--backend", settings.config().capture().backend());
    }

    private static void add(ArrayNode arguments, String flag, String value) {
        arguments.add(flag).add(value);
    }

    private static void addIfSet(ArrayNode arguments, String flag, String value) {
        if (!value.isEmpty()) {
            add(arguments, flag, value);
        }
    }
}
