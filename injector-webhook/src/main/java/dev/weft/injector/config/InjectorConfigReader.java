package dev.weft.injector.config;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.injector.config.InjectorConfig.CaptureDefaults;
import dev.weft.injector.config.InjectorConfig.CaptureLists;
import dev.weft.injector.config.InjectorConfig.InterceptionMode;
import dev.weft.injector.config.InjectorConfig.IstioNames;
import dev.weft.injector.config.InjectorConfig.MeshFacts;
import dev.weft.injector.config.InjectorConfig.NativeSidecar;
import dev.weft.injector.config.InjectorConfig.ProbeTimes;
import dev.weft.injector.config.InjectorConfig.ProxyDefaults;
import dev.weft.injector.config.InjectorConfig.Resources;
import dev.weft.injector.config.InjectorConfig.Selection;
import dev.weft.injector.config.InjectorConfig.Switch;
import dev.weft.injector.tree.Note;
import dev.weft.injector.tree.TreeReader;
import dev.weft.injector.tree.YamlTrees;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * Reads the injector's values, a text in YAML; what is not written has its default. The control plane hands it the ConfigMap's text whenever that changes,
 * {@code meshctl inject} a file. Stateless.
 */
public final class InjectorConfigReader {
    private static final Resources PROXY_RESOURCES =
            new Resources(ImmutableMap.of("cpu", "50m", "memory", "128Mi"), ImmutableMap.of("memory", "256Mi"));
    private static final Resources CAPTURE_RESOURCES =
            new Resources(ImmutableMap.of("cpu", "10m", "memory", "64Mi"), ImmutableMap.of("memory", "256Mi"));
    private static final String SYSTEM_NAMESPACE = "weft-system";

    private InjectorConfigReader() {}

    /**
     * What a text came to.
     *
     * @param notes where one is a refusal, the configuration must not replace an earlier one
     */
    public record Outcome(InjectorConfig config, ImmutableList<Note> notes) {
        public boolean isUsable() {
            return notes.stream().noneMatch(Note::isRefusal);
        }
    }

    /** The configuration of those who wrote none. */
    public static InjectorConfig defaults() {
        return read("", "").config();
    }

    /**
     * @param values YAML
     * @param templates YAML: pieces of a pod by name
     */
    public static Outcome read(String values, String templates) {
        ImmutableList.Builder<Note> broken = ImmutableList.builder();
        TreeReader reader = reader("values", values, broken);
        TreeReader pieces = reader("templates", templates, broken);
        InjectorConfig config = config(reader, pieces(pieces));
        reader.finish();
        return new Outcome(
                config,
                ImmutableList.<Note>builder()
                        .addAll(broken.build())
                        .addAll(reader.notes())
                        .addAll(pieces.notes())
                        .build());
    }

    private static TreeReader reader(String name, String text, ImmutableList.Builder<Note> broken) {
        ObjectNode tree = YamlTrees.mapping("");
        try {
            tree = YamlTrees.mapping(text);
        } catch (IllegalArgumentException e) {
            broken.add(Note.refusal(name, String.valueOf(e.getMessage())));
        }
        return TreeReader.of(tree, "");
    }

    /** A piece is a text, or the tree that the text would be. */
    private static ImmutableMap<String, String> pieces(TreeReader templates) {
        ImmutableMap.Builder<String, String> pieces = ImmutableMap.builder();
        templates.trees().forEach((name, tree) -> pieces.put(name, tree.isTextual() ? tree.asText() : tree.toString()));
        return pieces.buildOrThrow();
    }

    private static InjectorConfig config(TreeReader values, ImmutableMap<String, String> templates) {
        String revision =
                values.text("revision").filter(text -> !text.isEmpty()).orElse(InjectorConfig.DEFAULT_REVISION);
        String system = values.text("systemNamespace").orElse(SYSTEM_NAMESPACE);
        ImmutableList<String> defaultTemplates = values.texts("defaultTemplates");
        return new InjectorConfig(
                revision,
                system,
                values.flag("istioCompatibility").orElse(false) ? IstioNames.SERVED : IstioNames.IGNORED,
                new Selection(
                        Switch.of(values.flag("injectByDefault").orElse(true)),
                        selectors(values, "neverInjectSelector"),
                        selectors(values, "alwaysInjectSelector")),
                mesh(values.child("mesh"), system, revision),
                proxy(values.child("proxy")),
                capture(values.child("capture")),
                templates,
                defaultTemplates.isEmpty() ? ImmutableList.of("sidecar") : defaultTemplates,
                values.textMap("injectedAnnotations"));
    }

    private static MeshFacts mesh(TreeReader mesh, String system, String revision) {
        String service = revision.equals(InjectorConfig.DEFAULT_REVISION) ? "weft-control" : "weft-control-" + revision;
        MeshFacts facts = new MeshFacts(
                mesh.text("controlAddress")
                        .filter(text -> !text.isEmpty())
                        .orElse(service + "." + system + ".svc:15012"),
                mesh.text("trustDomain").orElse(""),
                mesh.text("clusterId").filter(text -> !text.isEmpty()).orElse("Kubernetes"),
                mesh.text("network").orElse(""),
                mesh.text("meshId").orElse(""));
        mesh.finish();
        return facts;
    }

    private static ProxyDefaults proxy(TreeReader proxy) {
        int concurrency = proxy.number("concurrency").orElse(0);
        ProxyDefaults defaults = new ProxyDefaults(
                proxy.text("image").orElse("weft/proxy:latest"),
                proxy.text("imagePullPolicy").orElse(""),
                proxy.texts("imagePullSecrets"),
                resources(proxy, PROXY_RESOURCES),
                proxy.text("logLevel").orElse("info"),
                concurrency == 0 ? OptionalInt.empty() : OptionalInt.of(concurrency),
                proxy.choice("nativeSidecar", NativeSidecar.class).orElse(NativeSidecar.AUTO),
                Switch.of(proxy.flag("exitOnZeroConnections").orElse(false)),
                proxy.duration("certificateLifetime").orElse(Duration.ofHours(24)),
                Switch.of(proxy.flag("rewriteProbes").orElse(true)),
                Switch.of(proxy.flag("mergeMetrics").orElse(true)),
                probe(proxy.child("readinessProbe"), new ProbeTimes(0, 15, 3, 4)),
                probe(proxy.child("startupProbe"), new ProbeTimes(0, 1, 3, 600)),
                proxy.textMap("env"));
        proxy.finish();
        return defaults;
    }

    private static ProbeTimes probe(TreeReader probe, ProbeTimes absent) {
        ProbeTimes times = new ProbeTimes(
                probe.number("initialDelaySeconds").orElse(absent.initialDelaySeconds()),
                probe.number("periodSeconds").orElse(absent.periodSeconds()),
                probe.number("timeoutSeconds").orElse(absent.timeoutSeconds()),
                probe.number("failureThreshold").orElse(absent.failureThreshold()));
        probe.finish();
        return times;
    }

    private static CaptureDefaults capture(TreeReader capture) {
        CaptureDefaults defaults = new CaptureDefaults(
                capture.choice("interceptionMode", InterceptionMode.class).orElse(InterceptionMode.REDIRECT),
                Switch.of(capture.flag("dns").orElse(false)),
                capture.text("backend").orElse("auto"),
                resources(capture, CAPTURE_RESOURCES),
                new CaptureLists(
                        capture.text("includeInboundPorts").orElse("*"),
                        capture.text("excludeInboundPorts").orElse(""),
                        capture.text("includeOutboundIPRanges").orElse("*"),
                        capture.text("excludeOutboundIPRanges").orElse(""),
                        capture.text("includeOutboundPorts").orElse(""),
                        capture.text("excludeOutboundPorts").orElse(""),
                        capture.text("excludeInterfaces").orElse(""),
                        capture.text("kubevirtInterfaces").orElse("")));
        capture.finish();
        return defaults;
    }

    private static Resources resources(TreeReader holder, Resources absent) {
        if (!holder.isSet("resources")) {
            return absent;
        }
        TreeReader resources = holder.child("resources");
        Resources read = new Resources(resources.textMap("requests"), resources.textMap("limits"));
        resources.finish();
        return read;
    }

    private static ImmutableList<Selector> selectors(TreeReader values, String name) {
        ImmutableList.Builder<Selector> selectors = ImmutableList.builder();
        for (TreeReader selector : values.children(name)) {
            ImmutableList.Builder<Selector.Expression> expressions = ImmutableList.builder();
            for (TreeReader expression : selector.children("matchExpressions")) {
                expressions.add(new Selector.Expression(
                        expression.text("key").orElse(""),
                        expression.choice("operator", Selector.Operator.class).orElse(Selector.Operator.EXISTS),
                        expression.texts("values")));
                expression.finish();
            }
            selectors.add(new Selector(selector.textMap("matchLabels"), expressions.build()));
            selector.finish();
        }
        return selectors.build();
    }
}
