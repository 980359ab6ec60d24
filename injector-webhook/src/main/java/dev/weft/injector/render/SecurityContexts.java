package dev.weft.injector.render;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.injector.config.InjectorConfig.InterceptionMode;

/** What the added containers may do. Stateless. */
final class SecurityContexts {
    /** User and group of the proxy, by which capture tells its traffic from the application's. */
    static final int PROXY_ID = 1337;

    private SecurityContexts() {}

    /** Nothing but what a user without rights may; under TPROXY root with one capability, as sockets with others' addresses need it. */
    static ObjectNode proxy(InterceptionMode mode) {
        boolean transparent = mode == InterceptionMode.TPROXY;
        ObjectNode context = restricted(transparent ? new String[] {"NET_ADMIN"} : new String[0]);
        context.put("runAsGroup", PROXY_ID);
        context.put("runAsNonRoot", !transparent);
        context.put("runAsUser", transparent ? 0 : PROXY_ID);
        return withSeccomp(context);
    }

    /** Root with the two capabilities that the rules need, for the moment that it takes. */
    static ObjectNode capture() {
        ObjectNode context = restricted("NET_ADMIN", "NET_RAW");
        context.put("runAsGroup", 0).put("runAsNonRoot", false).put("runAsUser", 0);
        return withSeccomp(context);
    }

    private static ObjectNode restricted(String... capabilities) {
        ObjectNode context = JsonNodeFactory.instance.objectNode();
        context.put("allowPrivilegeEscalation", false);
        ObjectNode allowed = context.putObject("capabilities");
        if (capabilities.length > 0) {
            for (String capability : capabilities) {
                allowed.withArrayProperty("add").add(capability);
            }
        }
        allowed.putArray("drop").add("ALL");
        return context.put("privileged", false).put("readOnlyRootFilesystem", true);
    }

    private static ObjectNode withSeccomp(ObjectNode context) {
        context.putObject("seccompProfile").put("type", "RuntimeDefault");
        return context;
    }
}
