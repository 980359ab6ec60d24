package dev.weft.control.kubernetes.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.control.ca.SettableClock;
import dev.weft.control.kubernetes.identity.FakeApiServer;
import dev.weft.control.source.ObjectStatus;
import dev.weft.control.source.StatusCondition;
import dev.weft.control.source.StatusSink.Written;
import dev.weft.control.source.StatusTarget;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KubernetesStatusSinkTest {
    private static final StatusTarget SERVICE =
            new StatusTarget("networking.istio.io/v1", "VirtualService", "shop", "reviews", 3);
    private static final StatusTarget ROUTE =
            new StatusTarget("gateway.networking.k8s.io/v1", "HTTPRoute", "shop", "reviews", 2);

    private final FakeApiServer cluster = new FakeApiServer();
    private final SettableClock clock = new SettableClock();
    private final KubernetesStatusSink sink = new KubernetesStatusSink(cluster.shared(), clock);

    @AfterEach
    void stop() {
        cluster.close();
    }

    private Resource<GenericKubernetesResource> place(StatusTarget target, String plural) {
        return cluster.shared()
                .genericKubernetesResources(new ResourceDefinitionContext.Builder()
                        .withGroup(target.apiVersion()
                                .substring(0, target.apiVersion().indexOf('/')))
                        .withVersion("v1")
                        .withKind(target.kind())
                        .withPlural(plural)
                        .withNamespaced(true)
                        .build())
                .inNamespace(target.namespace())
                .withName(target.name());
    }

    private void make(String plural, StatusTarget target, String rest) {
        GenericKubernetesResource object = Serialization.unmarshal(
                """
                apiVersion: %s
                kind: %s
                metadata: {name: %s, namespace: %s}
                %s
                """.formatted(target.apiVersion(), target.kind(), target.name(), target.namespace(), rest),
                GenericKubernetesResource.class);
        cluster.shared()
                .genericKubernetesResources(new ResourceDefinitionContext.Builder()
                        .withGroup(target.apiVersion()
                                .substring(0, target.apiVersion().indexOf('/')))
                        .withVersion("v1")
                        .withKind(target.kind())
                        .withPlural(plural)
                        .withNamespaced(true)
                        .build())
                .inNamespace(target.namespace())
                .resource(object)
                .create();
    }

    private static ObjectStatus validated(StatusCondition... conditions) {
        return new ObjectStatus.Validated(
                SERVICE,
                ImmutableList.copyOf(conditions),
                ImmutableList.of(new ObjectStatus.Validation("WARNING", "UnknownHost", "UNKNOWN_HOST")));
    }

    @Test
    void writesConditionsWhoseTimeMovesWithTheirStateOnly() {
        make("virtualservices", SERVICE, "spec: {hosts: [reviews]}");
        StatusCondition good = StatusCondition.holds("Reconciled", "Reconciled", "1/1 proxies up to date");

        assertThat(sink.write(validated(good))).isEqualTo(Written.CHANGED);
        assertThat(sink.write(validated(good))).isEqualTo(Written.UNCHANGED);
        clock.pass(Duration.ofMinutes(1));
        assertThat(sink.write(validated(StatusCondition.holds("Reconciled", "Reconciled", "2/2 proxies up to date"))))
                .isEqualTo(Written.CHANGED);

        GenericKubernetesResource object = place(SERVICE, "virtualservices").get();
        assertThat(object.<Object>get("status", "conditions"))
                .isEqualTo(List.of(Map.of(
                        "type", "Reconciled",
                        "status", "True",
                        "observedGeneration", 3,
                        "lastTransitionTime", "2026-06-01T12:00:00Z",
                        "reason", "Reconciled",
                        "message", "2/2 proxies up to date")));
        assertThat(object.<Object>get("status", "observedGeneration")).isEqualTo(3);
        assertThat(object.<Object>get("status", "validationMessages", 0, "level"))
                .isEqualTo("WARNING");
        assertThat(object.<Object>get("spec", "hosts")).isEqualTo(List.of("reviews"));

        sink.write(validated(StatusCondition.fails("Reconciled", "ProxiesBehind", "")));
        assertThat(place(SERVICE, "virtualservices").get().<Object>get("status", "conditions", 0, "lastTransitionTime"))
                .isEqualTo("2026-06-01T12:01:00Z");
    }

    @Test
    void touchesNoEntryOfAnotherController() {
        make("httproutes", ROUTE, """
                spec: {}
                status:
                  parents:
                  - {parentRef: {name: theirs}, controllerName: example.com/other, conditions: [{type: Accepted, status: "True"}]}
                """);
        ObjectStatus.ParentRef ours = new ObjectStatus.ParentRef(
                Optional.of(""),
                Optional.of("Service"),
                Optional.empty(),
                "reviews",
                Optional.empty(),
                OptionalInt.of(9080));
        ObjectStatus route = new ObjectStatus.Route(
                ROUTE,
                ImmutableList.of(new ObjectStatus.Parent(
                        ours, ImmutableList.of(StatusCondition.holds("Accepted", "Accepted", "")))));

        assertThat(sink.write(route)).isEqualTo(Written.CHANGED);
        clock.pass(Duration.ofMinutes(1));
        assertThat(sink.write(route)).isEqualTo(Written.UNCHANGED);

        GenericKubernetesResource object = place(ROUTE, "httproutes").get();
        assertThat(object.<Object>get("status", "parents", 0, "controllerName")).isEqualTo("example.com/other");
        assertThat(object.<Object>get("status", "parents", 1, "controllerName"))
                .isEqualTo("weft.dev/gateway-controller");
        assertThat(object.<Object>get("status", "parents", 1, "parentRef"))
                .isEqualTo(Map.of("group", "", "kind", "Service", "name", "reviews", "port", 9080));

        assertThat(sink.write(new ObjectStatus.Route(ROUTE, ImmutableList.of())))
                .isEqualTo(Written.CHANGED);
        assertThat((List<?>) place(ROUTE, "httproutes").get().get("status", "parents"))
                .hasSize(1);
    }

    @Test
    void saysWhenThereIsNothingToWriteToOrNobodyToTalkTo() {
        assertThat(sink.write(validated())).isEqualTo(Written.GONE);
        cluster.away(true);
        assertThat(sink.write(validated())).isEqualTo(Written.LATER);
    }
}
