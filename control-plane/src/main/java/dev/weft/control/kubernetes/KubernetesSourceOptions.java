package dev.weft.control.kubernetes;

import com.google.errorprone.annotations.Immutable;
import java.util.Objects;

/**
 * What a source must be told of the cluster.
 *
 * @param systemNamespace where the control plane lives; also the root namespace of a mesh that names none
 * @param meshConfigMap name of the ConfigMap there that holds the mesh configuration under the key {@code mesh}
 */
@Immutable
public record KubernetesSourceOptions(String systemNamespace, String meshConfigMap) {

    private static final String DEFAULT_REVISION = "default";

    public KubernetesSourceOptions {
        Objects.requireNonNull(systemNamespace, "systemNamespace");
        Objects.requireNonNull(meshConfigMap, "meshConfigMap");
    }

    /** The names that the charts give. */
    public static KubernetesSourceOptions of(String systemNamespace, String revision) {
        return new KubernetesSourceOptions(
                systemNamespace, revision.isEmpty() || revision.equals(DEFAULT_REVISION) ? "weft" : "weft-" + revision);
    }
}
