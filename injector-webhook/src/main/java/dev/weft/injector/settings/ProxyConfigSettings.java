package dev.weft.injector.settings;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import dev.weft.injector.config.InjectorConfig.InterceptionMode;
import dev.weft.injector.tree.Note;
import dev.weft.injector.tree.TreeReader;
import dev.weft.injector.tree.YamlTrees;
import dev.weft.resources.MeshConfig.ProxyConfig;
import dev.weft.resources.MeshConfig.ProxyConfig.ApplicationStart;
import dev.weft.resources.schema.Durations;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Istio's ProxyConfig for one pod: the mesh's {@code defaultConfig} under the annotation {@code proxy.istio.io/config}. The annotation replaces field by field, {@code proxyMetadata} entry by entry.
 *
 * @param metadata {@code proxyMetadata} without the entries that became settings here; variables of the proxy
 */
@Immutable
record ProxyConfigSettings(
        OptionalInt concurrency,
        Duration terminationDrain,
        ApplicationStart applicationStart,
        Optional<InterceptionMode> interceptionMode,
        Optional<String> controlAddress,
        Optional<String> meshId,
        Optional<Boolean> dnsCapture,
        Optional<Boolean> exitOnZeroConnections,
        Optional<Duration> certificateLifetime,
        ImmutableMap<String, String> metadata) {
    static final String ANNOTATION = "proxy.istio.io/config";

    private static final String DNS = "ISTIO_META_DNS_CAPTURE";
    private static final String EXIT = "EXIT_ON_ZERO_ACTIVE_CONNECTIONS";
    private static final String LIFETIME = "SECRET_TTL";

    /** Known, without effect on a proxy of this kind or not served: named so that typing errors can be told from them. */
    private static final ImmutableSet<String> UNSERVED = ImmutableSet.of(
            "availabilityZone",
            "binaryPath",
            "caCertificatesPem",
            "configPath",
            "connectionSettings",
            "controlPlaneAuthPolicy",
            "customConfigFile",
            "drainDuration",
            "environmentVariables",
            "envoyAccessLogService",
            "envoyMetricsService",
            "extraStatTags",
            "fileFlushInterval",
            "fileFlushMinSizeKb",
            "gatewayTopology",
            "image",
            "parentShutdownDuration",
            "privateKeyProvider",
            "proxyAdminPort",
            "proxyBootstrapTemplatePath",
            "proxyHeaders",
            "proxyStatsMatcher",
            "readinessProbe",
            "runtimeValues",
            "sds",
            "serviceCluster",
            "statNameLength",
            "statsCompression",
            "statsdUdpAddress",
            "statusPort",
            "tracing",
            "tracingServiceName",
            "zipkinAddress");

    static ProxyConfigSettings read(PodAnnotations annotations, ProxyConfig mesh) {
        TreeReader own = TreeReader.of(YamlTrees.mapping(""), "");
        String text = annotations.text(ANNOTATION).orElse("");
        try {
            own = TreeReader.of(YamlTrees.mapping(text), "");
        } catch (IllegalArgumentException e) {
            annotations.refuse(ANNOTATION, e.getMessage() + "; expected a ProxyConfig in YAML or JSON");
        }
        ProxyConfigSettings settings = join(own, mesh, annotations);
        for (String name : UNSERVED) {
            if (own.isSet(name)) {
                annotations.warn(ANNOTATION, name + ": not served by Weft for one pod, ignored");
            }
        }
        own.finish();
        for (Note note : own.notes()) {
            if (note.isRefusal()) {
                annotations.refuse(ANNOTATION, note.text());
            } else {
                annotations.warn(ANNOTATION, note.text());
            }
        }
        return settings;
    }

    private static ProxyConfigSettings join(TreeReader own, ProxyConfig mesh, PodAnnotations annotations) {
        Map<String, String> metadata = new HashMap<>(mesh.proxyMetadata());
        metadata.putAll(own.textMap("proxyMetadata"));
        Optional<Boolean> dns = flag(metadata, DNS, annotations);
        Optional<Boolean> exit = flag(metadata, EXIT, annotations);
        Optional<Duration> lifetime = lifetime(metadata, annotations);
        OptionalInt concurrency = own.number("concurrency");
        return new ProxyConfigSettings(
                concurrency.isPresent() ? concurrency : mesh.concurrency(),
                own.duration("terminationDrainDuration").orElse(mesh.terminationDrainDuration()),
                own.flag("holdApplicationUntilProxyStarts")
                        .map(hold -> hold ? ApplicationStart.AFTER_PROXY : ApplicationStart.AT_ONCE)
                        .orElse(mesh.applicationStart()),
                own.choice("interceptionMode", InterceptionMode.class),
                own.text("discoveryAddress"),
                own.text("meshId"),
                dns,
                exit,
                lifetime,
                variables(metadata, annotations));
    }

    static Optional<InterceptionMode> mode(String text) {
        for (InterceptionMode mode : InterceptionMode.values()) {
            if (mode.name().equals(text.toUpperCase(Locale.ROOT))) {
                return Optional.of(mode);
            }
        }
        return Optional.empty();
    }

    private static Optional<Boolean> flag(Map<String, String> metadata, String name, PodAnnotations annotations) {
        String text = metadata.remove(name);
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        if (!text.equals("true") && !text.equals("false")) {
            annotations.refuse(
                    ANNOTATION, "proxyMetadata." + name + ": found \"" + text + "\", expected true or false");
        }
        return Optional.of(text.equals("true"));
    }

    private static Optional<Duration> lifetime(Map<String, String> metadata, PodAnnotations annotations) {
        String text = metadata.remove(LIFETIME);
        Optional<Duration> lifetime = Optional.ofNullable(text).flatMap(Durations::parse);
        if (text != null && lifetime.isEmpty()) {
            annotations.refuse(
                    ANNOTATION, "proxyMetadata." + LIFETIME + ": found \"" + text + "\", expected a duration");
        }
        return lifetime;
    }

    private static ImmutableMap<String, String> variables(Map<String, String> metadata, PodAnnotations annotations) {
        ImmutableMap.Builder<String, String> variables = ImmutableMap.builder();
        metadata.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(entry -> {
            if (entry.getKey().matches("[-._a-zA-Z][-._a-zA-Z0-9]*")) {
                variables.put(entry);
            } else {
                annotations.refuse(
                        ANNOTATION, "proxyMetadata: found \"" + entry.getKey() + "\", expected names of variables");
            }
        });
        return variables.buildOrThrow();
    }
}
