package dev.weft.tests.charts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The charts, linted and rendered by Helm's own engine. */
final class ChartsTest {
    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource
    void lintsClean(Chart chart) {
        var result = chart.lint();

        assertThat(result.isFailed()).isFalse();
        assertThat(result.getMessages()).noneMatch(line -> line.contains("WARNING") || line.contains("ERROR"));
    }

    @ParameterizedTest
    @EnumSource
    void rendersTheSameTwice(Chart chart) {
        String plain = chart.render();
        String full = chart.render(chart.allFeatures());

        assertThat(chart.render()).isEqualTo(plain);
        assertThat(chart.render(chart.allFeatures())).isEqualTo(full);
    }

    /** What a GitOps controller would see as drift. */
    @ParameterizedTest
    @EnumSource
    void templatesHaveNothingRandomAndAskNoCluster(Chart chart) throws IOException {
        try (Stream<Path> files = Files.walk(chart.path().resolve("templates"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                assertThat(Files.readString(file))
                        .as(file.toString())
                        .doesNotContainPattern(
                                "\\brand[A-Z]|\\bgen[A-Z]|\\blookup\\b|\\bnow\\b|\\buuidv4\\b|caBundle:");
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "CONTROL, 'control: {replicas: two}', replicas",
        "CONTROL, 'control: {replicas: 0}', replicas",
        "CONTROL, 'contrl: {replicas: 2}', contrl",
        "CONTROL, 'revision: Default_1', revision",
        "CONTROL, 'image: {pullPolicy: Sometimes}', pullPolicy",
        "CONTROL, 'capture: {includeInboundPorts: all}', includeInboundPorts",
        "CONTROL, 'webhooks: {injection: {failurePolicy: Maybe}}', failurePolicy",
        "CONTROL, 'proxy: {resources: {limits: {memory: much}}}', memory",
        "GATEWAY, 'service: {ports: [{name: http, port: 99999, targetPort: 80}]}', port",
        "GATEWAY, 'labels: {istio: null}', labels",
        "GATEWAY, 'service: {type: External}', type",
        "BASE, 'crds: {install: perhaps}', install"
    })
    void wrongValuesAreRefusedByName(Chart chart, String values, String field) throws IOException {
        Path file = Files.writeString(folder.resolve("values.yaml"), values);

        assertThatThrownBy(() -> chart.render(file)).hasMessageContaining(field);
    }

    @ParameterizedTest
    @EnumSource(names = {"CONTROL", "GATEWAY"})
    void podsRunWithTheLeastRights(Chart chart) {
        for (Path[] values : List.of(new Path[] {}, new Path[] {chart.allFeatures()})) {
            List<Map<?, ?>> pods = new ArrayList<>();
            for (Map<?, ?> object : chart.objects(values)) {
                switch (object.get("kind").toString()) {
                    case "Deployment" -> pods.add(Chart.at(object, "spec", "template", "spec"));
                    case "Pod" -> pods.add(Chart.at(object, "spec"));
                    default -> {}
                }
            }
            assertThat(pods).isNotEmpty().allSatisfy(pod -> {
                assertThat(Chart.at(pod, "securityContext").get("runAsNonRoot")).isEqualTo(true);
                assertThat(Chart.at(pod, "securityContext", "seccompProfile").get("type"))
                        .isEqualTo("RuntimeDefault");
                for (Object each : (List<?>) pod.get("containers")) {
                    Map<?, ?> context = Chart.at((Map<?, ?>) each, "securityContext");
                    assertThat(context.get("readOnlyRootFilesystem")).isEqualTo(true);
                    assertThat(context.get("allowPrivilegeEscalation")).isEqualTo(false);
                    assertThat(Chart.at(context, "capabilities").get("drop")).isEqualTo(List.of("ALL"));
                    assertThat(Chart.at((Map<?, ?>) each, "resources")).isNotEmpty();
                }
            });
        }
    }

    @Test
    void noWebhookSeesAPodThatDidNotAskForIt() {
        List<Map<?, ?>> webhooks = new ArrayList<>();
        for (Path[] values : List.of(new Path[] {}, new Path[] {Chart.CONTROL.allFeatures()})) {
            Chart.CONTROL.objects(values).stream()
                    .filter(object -> object.get("kind").equals("MutatingWebhookConfiguration"))
                    .forEach(object ->
                            ((List<?>) object.get("webhooks")).forEach(webhook -> webhooks.add((Map<?, ?>) webhook)));
        }

        assertThat(webhooks).hasSize(4 + 2 * 2).allSatisfy(webhook -> {
            List<Map<?, ?>> ofNamespace = expressions(webhook, "namespaceSelector");
            assertThat(ofNamespace).anySatisfy(expression -> {
                assertThat(expression.get("key")).isEqualTo("kubernetes.io/metadata.name");
                assertThat(expression.get("operator")).isEqualTo("NotIn");
                assertThat(expression.get("values").toString()).contains("kube-system", Chart.NAMESPACE);
            });
            assertThat(Stream.concat(ofNamespace.stream(), expressions(webhook, "objectSelector").stream()))
                    .as("a label asks for it")
                    .anyMatch(expression -> expression.get("operator").equals("In"));
        });
    }

    @Test
    void theControlPlaneReadsNoSecretsOfOthersUnlessTold() {
        assertThat(Chart.CONTROL.objects())
                .filteredOn(object -> object.get("kind").equals("ClusterRole"))
                .noneMatch(role -> role.toString().contains("secrets"));
        assertThat(Chart.CONTROL.objects(Chart.CONTROL.allFeatures()))
                .filteredOn(object -> object.get("kind").equals("Role"))
                .extracting(role -> String.valueOf(Chart.at(role, "metadata").get("namespace")))
                .contains("shop", "edge");
    }

    @Test
    void aRevisionSharesNoNameWithTheDefault() {
        assertThat(names(Chart.CONTROL.objects()))
                .doesNotContainAnyElementsOf(names(Chart.CONTROL.objects(Chart.CONTROL.allFeatures())));
    }

    @Test
    void definitionsThatAreToStayAreLeftOut() {
        assertThat(names(Chart.BASE.objects()))
                .contains("CustomResourceDefinition virtualservices.networking.istio.io");
        assertThat(names(Chart.BASE.objects(Chart.BASE.allFeatures())))
                .contains("CustomResourceDefinition destinationrules.networking.istio.io")
                .doesNotContain("CustomResourceDefinition virtualservices.networking.istio.io");
    }

    private static List<String> names(List<Map<?, ?>> objects) {
        return objects.stream()
                .map(object ->
                        object.get("kind") + " " + Chart.at(object, "metadata").get("name"))
                .toList();
    }

    private static List<Map<?, ?>> expressions(Map<?, ?> webhook, String selector) {
        List<Map<?, ?>> expressions = new ArrayList<>();
        ((List<?>) Chart.at(webhook, selector).get("matchExpressions"))
                .forEach(each -> expressions.add((Map<?, ?>) each));
        return expressions;
    }
}
