package dev.weft.injector.render;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.weft.injector.settings.PodSettings;
import java.util.LinkedHashSet;
import java.util.Set;

/** The variables from which the proxy makes its bootstrap. Confined to one call. The names are a contract with the agent in the proxy. */
final class ProxyEnvironment {
    private final ArrayNode variables = JsonNodeFactory.instance.arrayNode();
    private final Set<String> names = new LinkedHashSet<>();

    private ProxyEnvironment() {}

    static ArrayNode of(PodSettings settings, PodIdentity identity, AppTraffic traffic) {
        ProxyEnvironment environment = new ProxyEnvironment();
        environment.field("POD_NAME", "metadata.name");
        environment.field("POD_NAMESPACE", "metadata.namespace");
        environment.field("INSTANCE_IPS", "status.podIPs");
        environment.field("HOST_IP", "status.hostIP");
        environment.field("SERVICE_ACCOUNT", "spec.serviceAccountName");
        environment.field("NODE_NAME", "spec.nodeName");
        environment.mesh(settings, identity);
        environment.text(
                "WEFT_INTERCEPTION_MODE",
                settings.isGateway() ? "NONE" : settings.capture().modeName());
        environment.text(
                "WEFT_DNS_CAPTURE", String.valueOf(settings.capture().dns().isOn() && !settings.isGateway()));
        environment.text("WEFT_APP_PROBES", traffic.probes());
        environment.text("WEFT_APP_METRICS", traffic.metrics());
        environment.text(
                "WEFT_CONCURRENCY",
                settings.concurrency().isPresent()
                        ? String.valueOf(settings.concurrency().getAsInt())
                        : "");
        environment.text("WEFT_LOG_LEVEL", settings.logLevel());
        environment.text(
                "WEFT_DRAIN_SECONDS", String.valueOf(settings.terminationDrain().toSeconds()));
        environment.text(
                "WEFT_EXIT_ON_ZERO_CONNECTIONS",
                String.valueOf(settings.exitOnZeroConnections().isOn()));
        environment.text(
                "WEFT_CERT_LIFETIME_SECONDS",
                String.valueOf(settings.certificateLifetime().toSeconds()));
        settings.environment().forEach(environment::text);
        return environment.variables;
    }

    private void mesh(PodSettings settings, PodIdentity identity) {
        text("WEFT_CONTROL_ADDRESS", settings.mesh().controlAddress());
        text("WEFT_TRUST_DOMAIN", settings.mesh().trustDomain());
        text("WEFT_CLUSTER_ID", settings.mesh().clusterId());
        text("WEFT_NETWORK", settings.mesh().network());
        text("WEFT_MESH_ID", settings.mesh().meshId());
        text("WEFT_REVISION", settings.config().revision());
        text("WEFT_WORKLOAD_NAME", identity.owner().name());
        text("WEFT_OWNER", identity.owner().uri(identity.namespace()));
    }

    /** Nothing where there is nothing to say; the first of two of one name stays, since an operator's variable may not unsay the pod's identity. */
    private void text(String name, String value) {
        if (!value.isEmpty() && names.add(name)) {
            variables.addObject().put("name", name).put("value", value);
        }
    }

    private void field(String name, String path) {
        names.add(name);
        variables
                .addObject()
                .put("name", name)
                .putObject("valueFrom")
                .putObject("fieldRef")
                .put("fieldPath", path);
    }
}
