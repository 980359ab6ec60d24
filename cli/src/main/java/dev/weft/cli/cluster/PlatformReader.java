package dev.weft.cli.cluster;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.cli.check.PlatformFacts;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.VersionInfo;
import java.util.List;
import java.util.Map;

/** Gathers what a cluster is; hands to {@link dev.weft.cli.check.PlatformChecks}. Blocks its caller. */
public final class PlatformReader {
    /** What an installation makes: API group, resource, and whether it lies in the mesh's namespace. */
    private static final ImmutableList<Needed> NEEDED = ImmutableList.of(
            new Needed("", "namespaces", Scope.CLUSTER),
            new Needed("apiextensions.k8s.io", "customresourcedefinitions", Scope.CLUSTER),
            new Needed("rbac.authorization.k8s.io", "clusterroles", Scope.CLUSTER),
            new Needed("rbac.authorization.k8s.io", "clusterrolebindings", Scope.CLUSTER),
            new Needed("admissionregistration.k8s.io", "mutatingwebhookconfigurations", Scope.CLUSTER),
            new Needed("admissionregistration.k8s.io", "validatingwebhookconfigurations", Scope.CLUSTER),
            new Needed("apps", "deployments", Scope.NAMESPACE),
            new Needed("", "secrets", Scope.NAMESPACE),
            new Needed("", "configmaps", Scope.NAMESPACE));

    private static final String ISTIO_INJECTOR = "istio-sidecar-injector";

    private final Cluster cluster;

    private enum Scope {
        CLUSTER,
        NAMESPACE
    }

    private record Needed(String group, String resource, Scope scope) {}

    public PlatformReader(Cluster cluster) {
        this.cluster = cluster;
    }

    public PlatformFacts read() {
        KubernetesClient client = cluster.client();
        VersionInfo version = cluster.ask("the version", client::getKubernetesVersion);
        return new PlatformFacts(version(version), nodes(), denied(), definitions(), istioWebhooks());
    }

    private static PlatformFacts.Version version(VersionInfo version) {
        return new PlatformFacts.Version(
                number(version.getMajor()), number(version.getMinor()), String.valueOf(version.getGitVersion()));
    }

    /** Some clouds write the minor version as {@code 34+}. */
    private static int number(String text) {
        String digits = text == null ? "" : text.replaceAll("\\D.*", "");
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }

    private ImmutableList<PlatformFacts.Node> nodes() {
        return cluster.ask("nodes", () -> cluster.client().nodes().list().getItems()).stream()
                .map(node -> new PlatformFacts.Node(
                        node.getMetadata().getName(),
                        node.getStatus().getNodeInfo().getOperatingSystem(),
                        node.getStatus().getNodeInfo().getKernelVersion()))
                .collect(ImmutableList.toImmutableList());
    }

    private ImmutableList<String> denied() {
        ImmutableList.Builder<String> denied = ImmutableList.builder();
        for (Needed needed : NEEDED) {
            SelfSubjectAccessReview review = new SelfSubjectAccessReviewBuilder()
                    .withNewSpec()
                    .withNewResourceAttributes()
                    .withGroup(needed.group())
                    .withResource(needed.resource())
                    .withVerb("create")
                    .withNamespace(
                            needed.scope() == Scope.NAMESPACE ? cluster.mesh().namespace() : null)
                    .endResourceAttributes()
                    .endSpec()
                    .build();
            SelfSubjectAccessReview answer = cluster.ask(
                    "your rights",
                    () -> cluster.client()
                            .authorization()
                            .v1()
                            .selfSubjectAccessReview()
                            .create(review));
            if (!Boolean.TRUE.equals(answer.getStatus().getAllowed())) {
                denied.add("create " + needed.resource());
            }
        }
        return denied.build();
    }

    /** The definitions of the Istio kinds and of the Gateway API. */
    public ImmutableMap<String, PlatformFacts.Definition> definitions() {
        ImmutableMap.Builder<String, PlatformFacts.Definition> found = ImmutableMap.builder();
        List<CustomResourceDefinition> all = cluster.ask(
                "definitions",
                () -> cluster.client()
                        .apiextensions()
                        .v1()
                        .customResourceDefinitions()
                        .list()
                        .getItems());
        for (CustomResourceDefinition definition : all) {
            String group = definition.getSpec().getGroup();
            if (group.endsWith(".istio.io") || group.equals("gateway.networking.k8s.io")) {
                found.put(definition.getMetadata().getName(), definition(definition));
            }
        }
        return found.buildOrThrow();
    }

    /** Kinds of Istio that are there and that the chart weft-base did not bring. */
    public ImmutableList<String> foreignKinds() {
        return definitions().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(".istio.io"))
                .filter(entry -> !entry.getValue().ours())
                .map(Map.Entry::getKey)
                .sorted()
                .collect(ImmutableList.toImmutableList());
    }

    private static PlatformFacts.Definition definition(CustomResourceDefinition definition) {
        Map<String, String> labels = definition.getMetadata().getLabels();
        return new PlatformFacts.Definition(
                definition.getSpec().getVersions().stream()
                        .filter(CustomResourceDefinitionVersion::getServed)
                        .map(CustomResourceDefinitionVersion::getName)
                        .collect(ImmutableList.toImmutableList()),
                labels != null && "weft-base".equals(labels.get("app.kubernetes.io/name")));
    }

    private ImmutableList<String> istioWebhooks() {
        try {
            return cluster
                    .client()
                    .admissionRegistration()
                    .v1()
                    .mutatingWebhookConfigurations()
                    .list()
                    .getItems()
                    .stream()
                    .map(webhook -> webhook.getMetadata().getName())
                    .filter(name -> name.startsWith(ISTIO_INJECTOR))
                    .collect(ImmutableList.toImmutableList());
        } catch (KubernetesClientException e) {
            // Whoever may not list webhooks cannot install either, and hears of that.
            return ImmutableList.of();
        }
    }
}
