package dev.weft.tests.injection;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.weft.injector.tree.YamlTrees;
import dev.weft.resources.yaml.YamlDocument;
import dev.weft.resources.yaml.YamlDocuments;
import dev.weft.tests.cluster.Cluster;
import dev.weft.tests.cluster.OnCluster;
import dev.weft.tests.cluster.Outcome;
import dev.weft.tests.cluster.TestNamespace;
import dev.weft.tests.mesh.Prerequisite;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a user of kubectl sees of the webhooks. Pods are created in dry runs: the API server asks, checks and answers as for real ones. */
@OnCluster
@Timeout(180)
class WebhooksOnClusterTest {
    private static final Path CASES = Path.of("../injector-webhook/src/test/resources/dev/weft/injector/cases");
    private static final String ROUTES = """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: virtualservices.networking.istio.io}
            spec:
              group: networking.istio.io
              names: {kind: VirtualService, plural: virtualservices, singular: virtualservice, listKind: VirtualServiceList}
              scope: Namespaced
              versions:
              - name: v1
                served: true
                storage: true
                schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
            """;
    private static final String POD =
            "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{name: a, image: a%s}]}}";
    private static final String ROUTE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews}
            spec: {hosts: [reviews], http: [{%s route: [{destination: {host: reviews}}]}]}
            """;

    @TempDir
    Path folder;

    private final Cluster cluster;
    private WebhookRig rig;
    private TestNamespace labelled;
    private TestNamespace plain;

    WebhooksOnClusterTest(Cluster cluster) {
        this.cluster = cluster;
    }

    @BeforeEach
    void start() throws Exception {
        if (!Prerequisite.value("KUBECONFIG").isEmpty()) {
            Prerequisite.missing("the API server that KUBECONFIG names cannot call this process");
        }
        rig = WebhookRig.start(cluster);
        labelled = cluster.namespace("labelled", "weft.dev/inject=enabled");
        plain = cluster.namespace("plain");
        awaitAnswers();
    }

    @AfterEach
    void stop() {
        if (rig != null) {
            rig.close();
        }
        if (labelled != null) {
            labelled.close();
        }
        if (plain != null) {
            plain.close();
        }
    }

    @Test
    void aPodOfALabelledNamespaceGetsItsProxyAndOthersStayAsTheyAre() throws IOException {
        assertThat(names(create(labelled, POD.formatted("")))).containsExactly("weft-init", "weft-proxy", "a");
        assertThat(names(create(plain, POD.formatted("")))).containsExactly("a");
        assertThat(names(create(
                        plain, POD.formatted("").replace("name: a}", "name: a, labels: {weft.dev/inject: enabled}}"))))
                .containsExactly("weft-init", "weft-proxy", "a");
        assertThat(names(create(labelled, POD.formatted("").replace("spec: {", "spec: {hostNetwork: true, "))))
                .containsExactly("a");
    }

    @Test
    void thePodThatWouldBypassTheMeshIsRefusedWithTheReason() throws IOException {
        Outcome outcome = create(labelled, POD.formatted(", securityContext: {runAsUser: 1337}"));

        assertThat(outcome.succeeded()).isFalse();
        assertThat(outcome.err())
                .contains("denied the request", "spec.containers[a].securityContext.runAsUser", "run as user 1337");
    }

    @Test
    void theApiServerTakesEveryInjectedPodOfTheGoldenFiles() throws IOException {
        ArrayNode pods = JsonNodeFactory.instance.arrayNode();
        try (Stream<Path> files = Files.list(CASES)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".out.yaml"))
                    .sorted()
                    .toList()) {
                for (YamlDocument document : YamlDocuments.read(Files.readString(file))) {
                    collect(YamlTrees.toJson(((YamlDocument.Readable) document).root()), pods);
                }
            }
        }
        assertThat(pods).hasSizeGreaterThan(25);
        ObjectNode list =
                JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "List");
        list.set("items", pods);

        Outcome outcome = create(plain, list.toString());

        assertThat(outcome.succeeded()).as(outcome.err()).isTrue();
    }

    @Test
    void kubectlApplySaysWhatIsWrongWithARouteAndWarnsOfWhatIsMissing() throws IOException {
        boolean before = cluster.kubectl()
                .attempt("get", "crd", "virtualservices.networking.istio.io")
                .succeeded();
        if (!before) {
            cluster.kubectl().apply(ROUTES);
            cluster.kubectl().run("wait", "crd/virtualservices.networking.istio.io", "--for=condition=Established");
        }
        try {
            Outcome wrong = plain.tryApply(inPlain(ROUTE.formatted("match: [{uri: {regex: '['}}],")));
            Outcome missing = plain.tryApply(inPlain(ROUTE.formatted("")));

            assertThat(wrong.succeeded()).isFalse();
            assertThat(wrong.err()).contains("denied the request: spec.http[0].match[0].uri.regex");
            assertThat(missing.succeeded()).as(missing.err()).isTrue();
            assertThat(missing.err())
                    .contains("Warning: spec.http[0].route[0].destination.host: no service has the host reviews");
            cluster.kubectl().run("-n", plain.name(), "delete", "virtualservice", "reviews");
        } finally {
            if (!before) {
                cluster.kubectl().run("delete", "crd", "virtualservices.networking.istio.io");
            }
        }
    }

    @Test
    void whereNoWebhookAnswersLabelledNamespacesWaitAndAllOthersGoOn() throws IOException {
        rig.stopAnswering();

        Outcome refused = create(labelled, POD.formatted(""));

        assertThat(refused.succeeded()).isFalse();
        assertThat(refused.err()).contains("failed calling webhook \"namespace.inject.weft.dev\"");
        assertThat(names(create(plain, POD.formatted("")))).containsExactly("a");
        assertThat(names(createIn("kube-system", POD.formatted("")))).containsExactly("a");
    }

    /** The rules of the Service's address take a moment to come to the node. */
    private void awaitAnswers() throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        Outcome outcome = create(labelled, POD.formatted(""));
        while (!outcome.succeeded()) {
            assertThat(System.nanoTime()).as(outcome.err()).isLessThan(end);
            outcome = create(labelled, POD.formatted(""));
        }
    }

    private String inPlain(String manifest) {
        return manifest.replace("{name: reviews}", "{name: reviews, namespace: " + plain.name() + "}");
    }

    private Outcome create(TestNamespace namespace, String manifest) throws IOException {
        return createIn(namespace.name(), manifest);
    }

    private Outcome createIn(String namespace, String manifest) throws IOException {
        Path file = Files.writeString(folder.resolve("objects.yaml"), manifest);
        return cluster.kubectl()
                .attempt(
                        "-n",
                        namespace,
                        "create",
                        "--dry-run=server",
                        "--validate=ignore",
                        "-o",
                        "json",
                        "-f",
                        file.toString());
    }

    private static List<String> names(Outcome created) throws IOException {
        assertThat(created.succeeded()).as(created.err()).isTrue();
        JsonNode spec = new JsonMapper().readTree(created.out()).path("spec");
        return Stream.concat(
                        spec.path("initContainers").valueStream(),
                        spec.path("containers").valueStream())
                .map(container -> container.path("name").asText())
                .toList();
    }

    /** The pods of a golden file as pods by themselves, without what this cluster lacks. */
    private static void collect(JsonNode object, ArrayNode pods) {
        if (object.path("items").isArray()) {
            object.path("items").forEach(item -> collect(item, pods));
            return;
        }
        JsonNode holder = object.path("spec").has("jobTemplate")
                ? object.path("spec").path("jobTemplate").path("spec")
                : object.path("spec");
        JsonNode pod = object.path("kind").asText().equals("Pod") ? object : holder.path("template");
        if (!pod.path("metadata").path("annotations").has("weft.dev/status")) {
            return;
        }
        ObjectNode copy =
                JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "Pod");
        ObjectNode metadata = copy.putObject("metadata").put("generateName", "golden-");
        metadata.set("labels", pod.path("metadata").path("labels"));
        metadata.set("annotations", pod.path("metadata").path("annotations"));
        ObjectNode spec = pod.path("spec").deepCopy();
        spec.remove("serviceAccountName");
        copy.set("spec", spec);
        pods.add(copy);
    }
}
