package dev.weft.injector.manifest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import java.util.Optional;

/** The kinds of objects that hold a pod, and where in them it stands. */
enum WorkloadKind {
    POD("Pod", ""),
    DEPLOYMENT("Deployment", "apps/", "spec", "template"),
    STATEFUL_SET("StatefulSet", "apps/", "spec", "template"),
    DAEMON_SET("DaemonSet", "apps/", "spec", "template"),
    REPLICA_SET("ReplicaSet", "apps/", "spec", "template"),
    REPLICATION_CONTROLLER("ReplicationController", "", "spec", "template"),
    JOB("Job", "batch/", "spec", "template"),
    CRON_JOB("CronJob", "batch/", "spec", "jobTemplate", "spec", "template"),
    ROLLOUT("Rollout", "argoproj.io/", "spec", "template");

    private final String kind;
    private final String group;
    private final ImmutableList<String> path;

    WorkloadKind(String kind, String group, String... path) {
        this.kind = kind;
        this.group = group;
        this.path = ImmutableList.copyOf(path);
    }

    static Optional<WorkloadKind> of(JsonNode object) {
        String apiVersion = object.path("apiVersion").asText();
        String written = object.path("kind").asText();
        for (WorkloadKind candidate : values()) {
            boolean sameGroup =
                    candidate.group.isEmpty() ? apiVersion.equals("v1") : apiVersion.startsWith(candidate.group);
            if (candidate.kind.equals(written) && sameGroup) {
                return Optional.of(candidate);
            }
        }
        return Optional.empty();
    }

    /** The pod inside the object; empty where the object has none. */
    Optional<ObjectNode> pod(ObjectNode object) {
        JsonNode node = object;
        for (String field : path) {
            node = node.path(field);
        }
        return node instanceof ObjectNode pod ? Optional.of(pod) : Optional.empty();
    }

    void replacePod(ObjectNode object, ObjectNode pod) {
        if (path.isEmpty()) {
            object.removeAll();
            object.setAll(pod);
            return;
        }
        JsonNode holder = object;
        for (String field : path.subList(0, path.size() - 1)) {
            holder = holder.path(field);
        }
        ((ObjectNode) holder).set(path.getLast(), pod);
    }
}
