package dev.weft.injector.render;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import dev.weft.injector.settings.PodSettings;

/** The volumes of the proxy, and where they are mounted. Stateless. */
final class PodVolumes {
    private static final String SCRATCH = "weft-scratch";
    private static final String SCRATCH_PATH = "/etc/weft/proxy";

    private static final String POD_INFO = "weft-podinfo";
    private static final String TOKEN = "weft-token";
    private static final String ROOT = "weft-ca-root";
    private static final String AUDIENCE = "istio-ca";
    private static final int TOKEN_SECONDS = 43_200;
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private PodVolumes() {}

    static ImmutableList<ObjectNode> volumes(PodSettings settings) {
        return ImmutableList.<ObjectNode>builder()
                .add(scratch(), podInfo(), token(), root())
                .addAll(settings.userVolumes())
                .build();
    }

    static ArrayNode mounts(PodSettings settings) {
        ArrayNode mounts = JSON.arrayNode();
        mounts.add(mount(ROOT, "/var/run/secrets/istio").put("readOnly", true));
        mounts.add(mount(TOKEN, "/var/run/secrets/tokens").put("readOnly", true));
        mounts.add(mount(SCRATCH, SCRATCH_PATH));
        mounts.add(mount(POD_INFO, "/etc/weft/pod").put("readOnly", true));
        settings.userMounts().forEach(mounts::add);
        return mounts;
    }

    private static ObjectNode mount(String volume, String path) {
        return JSON.objectNode().put("name", volume).put("mountPath", path);
    }

    /** In memory: keys are written here. */
    private static ObjectNode scratch() {
        ObjectNode volume = JSON.objectNode().put("name", SCRATCH);
        volume.putObject("emptyDir").put("medium", "Memory");
        return volume;
    }

    private static ObjectNode podInfo() {
        ObjectNode volume = JSON.objectNode().put("name", POD_INFO);
        ArrayNode items = volume.putObject("downwardAPI").putArray("items");
        for (String part : ImmutableList.of("labels", "annotations")) {
            items.addObject().put("path", part).putObject("fieldRef").put("fieldPath", "metadata." + part);
        }
        return volume;
    }

    private static ObjectNode token() {
        ObjectNode volume = JSON.objectNode().put("name", TOKEN);
        volume.putObject("projected")
                .putArray("sources")
                .addObject()
                .putObject("serviceAccountToken")
                .put("audience", AUDIENCE)
                .put("expirationSeconds", TOKEN_SECONDS)
                .put("path", "istio-token");
        return volume;
    }

    private static ObjectNode root() {
        ObjectNode volume = JSON.objectNode().put("name", ROOT);
        volume.putObject("configMap").put("name", "weft-ca-root-cert");
        return volume;
    }
}
