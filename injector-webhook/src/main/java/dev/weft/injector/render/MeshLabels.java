package dev.weft.injector.render;

import dev.weft.injector.select.Names;
import dev.weft.injector.settings.PodSettings;
import dev.weft.injector.tree.PodTree;
import java.util.Map;

/** The labels and annotations by which the mesh and its tools know an injected pod. Stateless; changes the pod. What the user wrote stays. */
final class MeshLabels {
    private static final String CANONICAL_NAME = "service.istio.io/canonical-name";
    private static final String CANONICAL_REVISION = "service.istio.io/canonical-revision";
    private static final int LONGEST_LABEL = 63;

    private MeshLabels() {}

    static void apply(PodTree pod, PodSettings settings, PodIdentity identity) {
        Map<String, String> labels = pod.labels();
        label(pod, labels, "security.istio.io/tlsMode", "istio");
        label(pod, labels, CANONICAL_NAME, first(labels, identity.owner().name(), "app.kubernetes.io/name", "app"));
        label(pod, labels, CANONICAL_REVISION, first(labels, "latest", "app.kubernetes.io/version", "version"));
        pod.label(Names.REVISION, settings.config().revision());
        settings.config().injectedAnnotations().forEach((name, value) -> {
            if (!pod.annotations().containsKey(name)) {
                pod.annotate(name, value);
            }
        });
    }

    /** So that kubectl shows the application, not the proxy, where nobody says which container. */
    static void defaultContainer(PodTree pod, String container) {
        for (String name :
                new String[] {"kubectl.kubernetes.io/default-container", "kubectl.kubernetes.io/default-logs-container"
                }) {
            if (!pod.annotations().containsKey(name)) {
                pod.annotate(name, container);
            }
        }
    }

    private static void label(PodTree pod, Map<String, String> labels, String name, String value) {
        if (labels.getOrDefault(name, "").isEmpty() && !value.isEmpty()) {
            pod.label(name, value);
        }
    }

    private static String first(Map<String, String> labels, String last, String... names) {
        for (String name : names) {
            String value = labels.getOrDefault(name, "");
            if (!value.isEmpty()) {
                return value;
            }
        }
        return fitting(last);
    }

    private static String fitting(String name) {
        return name.length() <= LONGEST_LABEL
                ? name
                : name.substring(0, LONGEST_LABEL).replaceAll("[^a-zA-Z0-9]+$", "");
    }
}
