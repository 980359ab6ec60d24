package dev.weft.cli.cluster;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.cli.check.MeshFacts;
import dev.weft.cli.check.MeshFacts.Presence;
import dev.weft.cli.control.Replicas;
import dev.weft.cli.output.Failure;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Gathers what there is of a mesh; hands to {@link dev.weft.cli.check.MeshChecks}. Blocks its caller. */
public final class MeshReader {
    private static final String ROOT = "weft-ca-root-cert";
    private static final ImmutableSet<String> ON = ImmutableSet.of("enabled", "true");

    private final Cluster cluster;
    private final Duration timeout;

    public MeshReader(Cluster cluster, Duration timeout) {
        this.cluster = cluster;
        this.timeout = timeout;
    }

    /** Whether there is a control plane, however it came. */
    public boolean installed() {
        return deployment().isPresent();
    }

    /** Whether the API server can call the webhooks that there are, as it can some seconds after the control plane has started. */
    public boolean trusted() {
        return webhooks(root(cluster.mesh().namespace()).orElse("")).stream()
                .allMatch(webhook -> webhook.presence() == Presence.MISSING || webhook.trust() == MeshFacts.Trust.GOOD);
    }

    public MeshFacts read() {
        Optional<String> root = root(cluster.mesh().namespace());
        Optional<MeshFacts.Control> control = deployment().map(this::control);
        Optional<Replicas.Answer> status =
                control.filter(found -> found.ready() > 0).flatMap(found -> status());
        return new MeshFacts(
                cluster.mesh().namespace(),
                control.map(found ->
                        found.withSilent(status.map(Replicas.Answer::silent).orElse(ImmutableList.of()))),
                status.map(Replicas.Answer::tree),
                root.flatMap(TrustBundle::expires),
                webhooks(root.orElse("")),
                namespaces());
    }

    private Optional<Deployment> deployment() {
        Cluster.Mesh mesh = cluster.mesh();
        return Optional.ofNullable(cluster.ask(
                "the control plane's Deployment",
                () -> cluster.client()
                        .apps()
                        .deployments()
                        .inNamespace(mesh.namespace())
                        .withName(mesh.control())
                        .get()));
    }

    private MeshFacts.Control control(Deployment deployment) {
        Cluster.Mesh mesh = cluster.mesh();
        List<Pod> pods = cluster.pods(mesh.namespace(), mesh.labels());
        return new MeshFacts.Control(
                mesh.control(),
                Objects.requireNonNullElse(deployment.getSpec().getReplicas(), 1),
                Objects.requireNonNullElse(deployment.getStatus().getReadyReplicas(), 0),
                deployment
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getImage(),
                PodTroubles.of(pods),
                ImmutableList.of());
    }

    private Optional<Replicas.Answer> status() {
        try {
            return Optional.of(new ClusterAccess(cluster, timeout).control().status());
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    private ImmutableList<MeshFacts.Webhook> webhooks(String root) {
        var registrations = cluster.client().admissionRegistration().v1();
        String suffix = cluster.mesh().suffix();
        var injector = cluster.ask(
                "the injection webhook",
                () -> registrations
                        .mutatingWebhookConfigurations()
                        .withName("weft-injector" + suffix)
                        .get());
        var validator = cluster.ask(
                "the validation webhook",
                () -> registrations
                        .validatingWebhookConfigurations()
                        .withName("weft-validator" + suffix)
                        .get());
        return ImmutableList.of(
                webhook(
                        "weft-injector" + suffix,
                        injector == null
                                ? null
                                : injector.getWebhooks().stream()
                                        .map(each -> Objects.requireNonNullElse(
                                                each.getClientConfig().getCaBundle(), ""))
                                        .toList(),
                        root),
                webhook(
                        "weft-validator" + suffix,
                        validator == null
                                ? null
                                : validator.getWebhooks().stream()
                                        .map(each -> Objects.requireNonNullElse(
                                                each.getClientConfig().getCaBundle(), ""))
                                        .toList(),
                        root));
    }

    private static MeshFacts.Webhook webhook(String name, @Nullable List<String> bundles, String root) {
        if (bundles == null) {
            return new MeshFacts.Webhook(name, Presence.MISSING, MeshFacts.Trust.NONE);
        }
        boolean written = bundles.stream().noneMatch(String::isEmpty);
        boolean ours = bundles.stream().allMatch(bundle -> TrustBundle.shares(bundle, root));
        return new MeshFacts.Webhook(
                name,
                Presence.THERE,
                !written ? MeshFacts.Trust.NONE : ours ? MeshFacts.Trust.GOOD : MeshFacts.Trust.OTHER);
    }

    private Optional<String> root(String namespace) {
        ConfigMap map = cluster.ask(
                "the trust bundle",
                () -> cluster.client()
                        .configMaps()
                        .inNamespace(namespace)
                        .withName(ROOT)
                        .get());
        return map == null || map.getData() == null
                ? Optional.empty()
                : Optional.ofNullable(map.getData().get("root-cert.pem"));
    }

    private ImmutableList<MeshFacts.Namespace> namespaces() {
        return cluster
                .ask("namespaces", () -> cluster.client().namespaces().list().getItems())
                .stream()
                .filter(namespace -> !asking(namespace).isEmpty())
                .map(this::namespace)
                .collect(ImmutableList.toImmutableList());
    }

    private ImmutableSet<String> asking(Namespace namespace) {
        Map<String, String> labels =
                Objects.requireNonNullElse(namespace.getMetadata().getLabels(), Map.of());
        ImmutableSet.Builder<String> asking = ImmutableSet.builder();
        String revision = labels.get("weft.dev/rev");
        if (cluster.mesh().label().equals(revision)
                || cluster.mesh().suffix().isEmpty()
                        && revision == null
                        && ON.contains(labels.getOrDefault("weft.dev/inject", ""))) {
            asking.add("weft.dev");
            if ("enabled".equals(labels.get("istio-injection")) || labels.containsKey("istio.io/rev")) {
                asking.add("istio");
            }
        }
        return asking.build();
    }

    private MeshFacts.Namespace namespace(Namespace namespace) {
        String name = namespace.getMetadata().getName();
        ImmutableList.Builder<String> bare = ImmutableList.builder();
        ImmutableList.Builder<String> meshed = ImmutableList.builder();
        for (Pod pod : cluster.pods(name, Map.of())) {
            if (hasProxy(pod)) {
                meshed.add(pod.getMetadata().getName());
            } else if (wantsProxy(pod)) {
                bare.add(pod.getMetadata().getName());
            }
        }
        return new MeshFacts.Namespace(
                name,
                asking(namespace),
                root(name).isPresent() ? Presence.THERE : Presence.MISSING,
                bare.build(),
                meshed.build());
    }

    private static boolean hasProxy(Pod pod) {
        return Stream.concat(pod.getSpec().getContainers().stream(), pod.getSpec().getInitContainers().stream())
                .map(Container::getName)
                .anyMatch("weft-proxy"::equals);
    }

    private static boolean wantsProxy(Pod pod) {
        Map<String, String> labels =
                Objects.requireNonNullElse(pod.getMetadata().getLabels(), Map.of());
        Map<String, String> annotations =
                Objects.requireNonNullElse(pod.getMetadata().getAnnotations(), Map.of());
        boolean declines = Stream.of(
                        labels.get("weft.dev/inject"),
                        annotations.get("weft.dev/inject"),
                        labels.get("sidecar.istio.io/inject"),
                        annotations.get("sidecar.istio.io/inject"))
                .anyMatch(value -> "disabled".equals(value) || "false".equals(value));
        String phase = pod.getStatus() == null
                ? ""
                : Objects.requireNonNullElse(pod.getStatus().getPhase(), "");
        return !declines
                && !Boolean.TRUE.equals(pod.getSpec().getHostNetwork())
                && !phase.equals("Succeeded")
                && !phase.equals("Failed")
                && pod.getMetadata().getDeletionTimestamp() == null;
    }

    /** The image of the control plane. */
    public Optional<String> image() {
        return deployment()
                .map(deployment -> deployment
                        .getSpec()
                        .getTemplate()
                        .getSpec()
                        .getContainers()
                        .getFirst()
                        .getImage());
    }
}
