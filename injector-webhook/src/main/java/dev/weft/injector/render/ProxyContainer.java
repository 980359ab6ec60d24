package dev.weft.injector.render;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.injector.config.InjectorConfig.InterceptionMode;
import dev.weft.injector.config.InjectorConfig.ProbeTimes;
import dev.weft.injector.config.InjectorConfig.Resources;
import dev.weft.injector.select.Names;
import dev.weft.injector.settings.PodSettings;
import dev.weft.injector.settings.PodSettings.Placement;

/** The proxy's container. Stateless. */
final class ProxyContainer {
    private static final int METRICS_PORT = 15090;
    private static final int HEALTH_PORT = 15021;

    private ProxyContainer() {}

    static ObjectNode of(PodSettings settings, PodIdentity identity, AppTraffic traffic) {
        ObjectNode container = JsonNodeFactory.instance.objectNode();
        container.put("name", Names.PROXY);
        image(container, settings);
        container.putArray("args").add(settings.isGateway() ? "gateway" : "sidecar");
        container
                .putArray("ports")
                .addObject()
                .put("containerPort", METRICS_PORT)
                .put("name", "http-envoy-prom")
                .put("protocol", "TCP");
        container.set("env", ProxyEnvironment.of(settings, identity, traffic));
        resources(container, settings.resources());
        container.set("startupProbe", probe(settings.config().proxy().startup()));
        settings.readiness().ifPresent(times -> container.set("readinessProbe", probe(times)));
        ProxyHooks.lifecycle(settings).ifPresent(hooks -> container.set("lifecycle", hooks));
        container.set(
                "securityContext",
                SecurityContexts.proxy(
                        settings.isGateway()
                                ? InterceptionMode.NONE
                                : settings.capture().mode()));
        container.set("volumeMounts", PodVolumes.mounts(settings));
        if (settings.placement() == Placement.NATIVE_SIDECAR) {
            container.put("restartPolicy", "Always");
        }
        return container;
    }

    static void image(ObjectNode container, PodSettings settings) {
        container.put("image", settings.image());
        String policy = settings.config().proxy().imagePullPolicy();
        if (!policy.isEmpty()) {
            container.put("imagePullPolicy", policy);
        }
    }

    static void resources(ObjectNode container, Resources resources) {
        ObjectNode tree = container.putObject("resources");
        if (!resources.requests().isEmpty()) {
            ObjectNode requests = tree.putObject("requests");
            resources.requests().forEach(requests::put);
        }
        if (!resources.limits().isEmpty()) {
            ObjectNode limits = tree.putObject("limits");
            resources.limits().forEach(limits::put);
        }
    }

    private static ObjectNode probe(ProbeTimes times) {
        ObjectNode probe = JsonNodeFactory.instance.objectNode();
        probe.putObject("httpGet").put("path", "/healthz/ready").put("port", HEALTH_PORT);
        if (times.initialDelaySeconds() > 0) {
            probe.put("initialDelaySeconds", times.initialDelaySeconds());
        }
        return probe.put("periodSeconds", times.periodSeconds())
                .put("timeoutSeconds", times.timeoutSeconds())
                .put("failureThreshold", times.failureThreshold());
    }
}
