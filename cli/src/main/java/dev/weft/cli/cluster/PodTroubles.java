package dev.weft.cli.cluster;

import com.google.common.collect.ImmutableList;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodStatus;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What keeps pods from being ready, in the words of Kubernetes. Pure. */
final class PodTroubles {
    private PodTroubles() {}

    static ImmutableList<String> of(List<Pod> pods) {
        return pods.stream()
                .filter(pod -> !Cluster.isReady(pod) && pod.getStatus() != null)
                .flatMap(pod -> of(pod.getMetadata().getName(), pod.getStatus()))
                .distinct()
                .collect(ImmutableList.toImmutableList());
    }

    private static Stream<String> of(String name, PodStatus status) {
        Stream<String> waiting = Stream.concat(
                        status.getInitContainerStatuses().stream(), status.getContainerStatuses().stream())
                .map(ContainerStatus::getState)
                .filter(Objects::nonNull)
                .map(ContainerState::getWaiting)
                .filter(Objects::nonNull)
                .map(state -> name + ": " + state.getReason()
                        + (state.getMessage() == null ? "" : ", " + state.getMessage()));
        Stream<String> unscheduled = status.getConditions().stream()
                .filter(condition -> condition.getType().equals("PodScheduled")
                        && condition.getStatus().equals("False"))
                .map(condition -> name + ": " + condition.getMessage());
        return Stream.concat(waiting, unscheduled);
    }
}
