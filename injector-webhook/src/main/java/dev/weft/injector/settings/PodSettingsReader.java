package dev.weft.injector.settings;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.weft.injector.config.InjectorConfig;
import dev.weft.injector.config.InjectorConfig.MeshFacts;
import dev.weft.injector.config.InjectorConfig.NativeSidecar;
import dev.weft.injector.config.InjectorConfig.ProbeTimes;
import dev.weft.injector.config.InjectorConfig.Switch;
import dev.weft.injector.settings.PodSettings.Placement;
import dev.weft.injector.tree.Note;
import dev.weft.injector.tree.PodTree;
import dev.weft.resources.MeshConfig;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Joins, for one pod, the operator's values, the mesh's configuration and the pod's annotations, the latter going first. Immutable. */
public final class PodSettingsReader {
    private static final String SIDECAR = "sidecar.istio.io/";
    private static final String STATUS_PORT = "status.sidecar.istio.io/port";
    private static final String READINESS = "readiness.status.sidecar.istio.io/";
    private static final String TEMPLATES = "inject.istio.io/templates";
    private static final String NETWORK = "topology.istio.io/network";
    private static final int AGENT_PORT = 15020;
    private static final ImmutableSet<String> LEVELS =
            ImmutableSet.of("trace", "debug", "info", "warn", "warning", "error", "critical", "off");

    private final InjectorConfig config;
    private final MeshConfig mesh;
    private final Placement automatic;

    /**
     * @param automatic where a proxy stands if nobody decides: what the cluster can
     */
    public PodSettingsReader(InjectorConfig config, MeshConfig mesh, Placement automatic) {
        this.config = config;
        this.mesh = mesh;
        this.automatic = automatic;
    }

    /** The settings, and what is to be said; with a refusal among it the settings must not be used. */
    public record Outcome(PodSettings settings, ImmutableList<Note> notes) {}

    public Outcome read(PodTree pod) {
        PodAnnotations annotations = new PodAnnotations(pod.annotations());
        ProxyConfigSettings proxyConfig = ProxyConfigSettings.read(annotations, mesh.defaultConfig());
        OptionalInt concurrency = proxyConfig.concurrency();
        InjectorConfig.ProxyDefaults defaults = config.proxy();
        Map<String, String> environment = new LinkedHashMap<>(defaults.environment());
        environment.putAll(proxyConfig.metadata());
        PodSettings settings = new PodSettings(
                config,
                annotations.text(SIDECAR + "proxyImage").orElse(defaults.image()),
                ResourceAnnotations.read(annotations, defaults.resources()),
                logLevel(annotations),
                concurrency.isPresent() ? concurrency : defaults.concurrency(),
                placement(annotations),
                proxyConfig.applicationStart(),
                proxyConfig.terminationDrain(),
                proxyConfig.exitOnZeroConnections().map(Switch::of).orElse(defaults.exitOnZeroConnections()),
                proxyConfig.certificateLifetime().orElse(defaults.certificateLifetime()),
                annotations
                        .flag(SIDECAR + "rewriteAppHTTPProbers")
                        .map(Switch::of)
                        .orElse(defaults.rewriteProbes()),
                annotations
                        .flag("prometheus.istio.io/merge-metrics")
                        .map(Switch::of)
                        .orElse(defaults.mergeMetrics()),
                readiness(annotations),
                CaptureSettings.read(annotations, proxyConfig, config.capture()),
                meshFacts(pod, annotations, proxyConfig),
                ImmutableMap.copyOf(environment),
                templates(annotations),
                UserVolumes.read(annotations, UserVolumes.VOLUMES),
                UserVolumes.read(annotations, UserVolumes.MOUNTS));
        return new Outcome(settings, annotations.notes());
    }

    private String logLevel(PodAnnotations annotations) {
        String level =
                annotations.text(SIDECAR + "logLevel").orElse(config.proxy().logLevel());
        if (!LEVELS.contains(level.toLowerCase(Locale.ROOT))) {
            annotations.refuse(SIDECAR + "logLevel", "found \"" + level + "\", expected one of " + LEVELS);
        }
        return level.toLowerCase(Locale.ROOT);
    }

    private Placement placement(PodAnnotations annotations) {
        Optional<Boolean> own = annotations.flag(SIDECAR + "nativeSidecar");
        if (own.isPresent()) {
            return own.get() ? Placement.NATIVE_SIDECAR : Placement.CONTAINER;
        }
        NativeSidecar decided = config.proxy().nativeSidecar();
        return switch (decided) {
            case AUTO -> automatic;
            case TRUE -> Placement.NATIVE_SIDECAR;
            case FALSE -> Placement.CONTAINER;
        };
    }

    private Optional<ProbeTimes> readiness(PodAnnotations annotations) {
        OptionalInt port = annotations.number(STATUS_PORT);
        if (port.isPresent() && port.getAsInt() == 0) {
            return Optional.empty();
        }
        if (port.orElse(AGENT_PORT) != AGENT_PORT) {
            annotations.warn(STATUS_PORT, "the port is always " + AGENT_PORT + "; only 0, for no probe, is served");
        }
        ProbeTimes defaults = config.proxy().readiness();
        return Optional.of(new ProbeTimes(
                annotations.number(READINESS + "initialDelaySeconds").orElse(defaults.initialDelaySeconds()),
                annotations.number(READINESS + "periodSeconds").orElse(defaults.periodSeconds()),
                defaults.timeoutSeconds(),
                annotations.number(READINESS + "failureThreshold").orElse(defaults.failureThreshold())));
    }

    private MeshFacts meshFacts(PodTree pod, PodAnnotations annotations, ProxyConfigSettings proxyConfig) {
        MeshFacts facts = config.mesh();
        return new MeshFacts(
                annotations
                        .text(SIDECAR + "discoveryAddress")
                        .or(proxyConfig::controlAddress)
                        .orElse(facts.controlAddress()),
                facts.trustDomain().isEmpty() ? mesh.trustDomain() : facts.trustDomain(),
                facts.clusterId(),
                pod.labels().getOrDefault(NETWORK, facts.network()),
                proxyConfig.meshId().orElse(facts.meshId()));
    }

    private ImmutableList<String> templates(PodAnnotations annotations) {
        Optional<String> text = annotations.text(TEMPLATES);
        if (text.isEmpty()) {
            return config.defaultTemplates();
        }
        ImmutableList<String> names = ImmutableList.copyOf(
                Splitter.on(',').trimResults().omitEmptyStrings().split(text.get()));
        for (String name : names) {
            boolean known = name.equals(PodSettings.SIDECAR)
                    || name.equals(PodSettings.GATEWAY)
                    || config.templates().containsKey(name);
            if (!known) {
                annotations.refuse(
                        TEMPLATES,
                        "there is no template \"" + name + "\", expected sidecar, gateway or one of "
                                + config.templates().keySet());
            }
        }
        return names;
    }
}
