package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;

/**
 * What a mesh must know of a Kubernetes {@code Pod}, and no more: there are many of them.
 *
 * @param addresses empty until the pod has any
 * @param node empty until the pod is placed
 * @param network whose network it is in
 * @param ports number by name, of all its containers
 * @param workload name of what made the pod, such as its Deployment; its own name where nothing did
 */
@Immutable
public record Pod(
        ResourceMeta meta,
        String serviceAccount,
        ImmutableList<String> addresses,
        String node,
        Network network,
        Phase phase,
        ImmutableMap<String, Integer> ports,
        String workload)
        implements Resource {

    /** Whether the pod has addresses of its own. */
    public enum Network {
        OWN,
        /** It has the addresses of its node, which it shares with others. */
        HOST
    }

    /** {@code status.phase}. */
    public enum Phase {
        PENDING,
        RUNNING,
        SUCCEEDED,
        FAILED,
        UNKNOWN
    }

    /** Whether it has ended for good, so that its addresses may be another's by now. */
    public boolean ended() {
        return phase == Phase.SUCCEEDED || phase == Phase.FAILED;
    }
}
