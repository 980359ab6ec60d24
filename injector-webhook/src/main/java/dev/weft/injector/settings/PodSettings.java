package dev.weft.injector.settings;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.injector.config.InjectorConfig;
import dev.weft.injector.config.InjectorConfig.MeshFacts;
import dev.weft.injector.config.InjectorConfig.ProbeTimes;
import dev.weft.injector.config.InjectorConfig.Resources;
import dev.weft.injector.config.InjectorConfig.Switch;
import dev.weft.resources.MeshConfig.ProxyConfig.ApplicationStart;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * All that holds for one pod. Made by {@link PodSettingsReader}; the parts of {@code render} are made from it and read nothing else. Confined to one call.
 *
 * @param readiness absent where the pod does not want its proxy asked
 * @param templates in the order in which they are laid over each other
 */
public record PodSettings(
        InjectorConfig config,
        String image,
        Resources resources,
        String logLevel,
        OptionalInt concurrency,
        Placement placement,
        ApplicationStart applicationStart,
        Duration terminationDrain,
        Switch exitOnZeroConnections,
        Duration certificateLifetime,
        Switch rewriteProbes,
        Switch mergeMetrics,
        Optional<ProbeTimes> readiness,
        CaptureSettings capture,
        MeshFacts mesh,
        ImmutableMap<String, String> environment,
        ImmutableList<String> templates,
        ImmutableList<ObjectNode> userVolumes,
        ImmutableList<ObjectNode> userMounts) {

    /** The built-in template of a gateway: nothing is captured, the whole pod is the proxy. */
    public static final String GATEWAY = "gateway";

    /** The built-in template of an application's proxy. */
    public static final String SIDECAR = "sidecar";

    /** Where the proxy stands in the pod. */
    public enum Placement {
        /** An init container that keeps running: it starts before the application and ends after it, also in a Job. */
        NATIVE_SIDECAR,
        /** A container among the others. */
        CONTAINER
    }

    public boolean isGateway() {
        return templates.contains(GATEWAY);
    }
}
