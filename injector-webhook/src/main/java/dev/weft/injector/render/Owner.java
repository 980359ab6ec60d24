package dev.weft.injector.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.base.Ascii;
import com.google.errorprone.annotations.Immutable;
import dev.weft.injector.tree.PodTree;

/** What people deployed when this pod came up: the name under which the mesh shows it. */
@Immutable
public record Owner(String apiVersion, String kind, String name) {
    /** The owner of a pod as the API server sees it come: the controller's own controller is told from names, as it is not asked for. */
    public static Owner of(PodTree pod) {
        for (JsonNode reference : pod.metadata().path("ownerReferences")) {
            if (reference.path("controller").asBoolean()) {
                return above(
                        new Owner(
                                reference.path("apiVersion").asText(),
                                reference.path("kind").asText(),
                                reference.path("name").asText()),
                        pod);
            }
        }
        String name = pod.metadata().path("name").asText();
        String generated = pod.metadata().path("generateName").asText();
        return new Owner("v1", "Pod", name.isEmpty() ? generated.replaceAll("-+$", "") : name);
    }

    private static Owner above(Owner controller, PodTree pod) {
        return switch (controller.kind) {
            case "ReplicaSet" -> {
                String rollout = pod.labels().getOrDefault("rollouts-pod-template-hash", "");
                if (!rollout.isEmpty() && controller.name.endsWith("-" + rollout)) {
                    yield new Owner("argoproj.io/v1alpha1", "Rollout", controller.without(rollout));
                }
                String hash = pod.labels().getOrDefault("pod-template-hash", "");
                yield !hash.isEmpty() && controller.name.endsWith("-" + hash)
                        ? new Owner("apps/v1", "Deployment", controller.without(hash))
                        : controller;
            }
            case "Job" ->
                // A CronJob names its Jobs by the minute of their schedule.
                controller.name.matches(".+-[0-9]{8,10}")
                        ? new Owner(
                                controller.apiVersion,
                                "CronJob",
                                controller.name.substring(0, controller.name.lastIndexOf('-')))
                        : controller;
            default -> controller;
        };
    }

    private String without(String suffix) {
        return name.substring(0, name.length() - suffix.length() - 1);
    }

    public boolean endsByItself() {
        return kind.equals("Job") || kind.equals("CronJob");
    }

    /** As Istio's proxies name it to the control plane. */
    public String uri(String namespace) {
        return "kubernetes://apis/" + apiVersion + "/namespaces/" + namespace + "/" + Ascii.toLowerCase(kind) + "s/"
                + name;
    }
}
