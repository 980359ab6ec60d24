package dev.weft.control.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.google.common.collect.ImmutableList;
import dev.weft.control.webhook.AdmissionAnswer.Allowed;
import dev.weft.control.webhook.AdmissionAnswer.Denied;
import dev.weft.control.webhook.AdmissionRequest.Operation;
import dev.weft.injector.tree.YamlTrees;
import dev.weft.resources.Resource;
import dev.weft.resources.parse.Parsed;
import dev.weft.resources.parse.ResourceParser;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class ValidateHandlerTest {
    private static final String SERVICE = """
            apiVersion: v1
            kind: Service
            metadata: {name: reviews, namespace: shop}
            spec: {ports: [{port: 9080, name: http}]}
            """;
    private static final String ROUTE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata:
              generateName: reviews-
              uid: 1b2c
              managedFields: [{manager: kubectl}]
            spec:
              hosts: [reviews]
              http:
              - route: [{destination: {host: HOST}}]
            """;
    private static final String UNKNOWN_FIELD = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: reviews, namespace: shop, labels: {a: b}}
            spec:
              hosts: [reviews]
              http:
              - timout: 3s
                route: [{destination: {host: reviews}}]
            """;

    private final ValidateHandler handler = new ValidateHandler(
            new ReferenceWarnings(() -> resources(SERVICE), "cluster.local"),
            new InjectionMetrics(new SimpleMeterRegistry()));

    @Test
    void acceptsWhatIsRight() {
        AdmissionAnswer answer = handler.handle(create(ROUTE.replace("HOST", "reviews")));

        assertThat(answer).isInstanceOf(Allowed.class);
        assertThat(answer.warnings()).isEmpty();
    }

    @Test
    void warnsOfWhatLeadsNowhereYet() {
        AdmissionAnswer answer = handler.handle(create(ROUTE.replace("HOST", "ratings")));

        assertThat(answer).isInstanceOf(Allowed.class);
        assertThat(answer.warnings())
                .containsExactly("spec.http[0].route[0].destination.host: no service has the host"
                        + " ratings.shop.svc.cluster.local (what is routed there is answered 503, TCP is closed)");
    }

    @Test
    void doesNotWarnOfASecretThatIsReadOnceItIsNamed() {
        AdmissionAnswer answer = handler.handle(create("""
                apiVersion: networking.istio.io/v1
                kind: Gateway
                metadata: {name: ingress, namespace: shop}
                spec:
                  selector: {istio: ingressgateway}
                  servers:
                  - port: {number: 443, name: https, protocol: HTTPS}
                    hosts: ["*"]
                    tls: {mode: SIMPLE, credentialName: shop-cert}
                """));

        assertThat(answer).isInstanceOf(Allowed.class);
        assertThat(answer.warnings()).isEmpty();
    }

    @Test
    void refusesAnUnknownFieldWithItsPlace() {
        AdmissionAnswer answer = handler.handle(create(UNKNOWN_FIELD));

        assertThat(answer)
                .isInstanceOfSatisfying(
                        Denied.class,
                        denied -> assertThat(denied.message())
                                .isEqualTo("spec.http[0].timout: unknown field, did you mean \"timeout\"?"));
    }

    @Test
    void refusesASecurityKindThatWouldBeReadMoreStrictlyThanWritten() {
        AdmissionAnswer answer = handler.handle(create("""
                apiVersion: security.istio.io/v1
                kind: AuthorizationPolicy
                metadata: {name: allow, namespace: shop}
                spec: {rules: [{from: [{source: {principal: [a]}}]}]}
                """));

        assertThat(answer)
                .isInstanceOfSatisfying(
                        Denied.class,
                        denied -> assertThat(denied.message()).contains("spec.rules[0].from[0].source.principal"));
    }

    @Test
    void letsALabelOfAnInvalidObjectBeEdited() {
        AdmissionAnswer answer = handler.handle(new AdmissionRequest(
                "1",
                "VirtualService",
                "shop",
                Operation.UPDATE,
                YamlTrees.mapping(UNKNOWN_FIELD.replace("{a: b}", "{a: c}")),
                YamlTrees.mapping(UNKNOWN_FIELD)));

        assertThat(answer).isInstanceOf(Allowed.class);
        assertThat(answer.warnings()).hasSize(1);
    }

    @Test
    void refusesNothingOfTheGatewayApiAndSaysWhatItMakesOfIt() {
        AdmissionAnswer answer = handler.handle(create("""
                apiVersion: gateway.networking.k8s.io/v1
                kind: HTTPRoute
                metadata: {name: a, namespace: shop}
                spec: {hostname: [a.example.org]}
                """));

        assertThat(answer).isInstanceOf(Allowed.class);
        assertThat(answer.warnings()).isNotEmpty().first().asString().startsWith("spec.hostname: ");
    }

    @Test
    void letsDeletionsPass() {
        AdmissionRequest deletion = new AdmissionRequest(
                "1",
                "VirtualService",
                "shop",
                Operation.DELETE,
                MissingNode.getInstance(),
                YamlTrees.mapping(UNKNOWN_FIELD));
        String dying = UNKNOWN_FIELD.replace("name: reviews,", "name: reviews, deletionTimestamp: now,");

        assertThat(handler.handle(deletion)).isInstanceOf(Allowed.class);
        assertThat(handler.handle(create(dying))).isInstanceOf(Allowed.class);
    }

    @Test
    void letsKindsOfOthersPassUntouchedAndUnservedOnesWithAWarning() {
        AdmissionAnswer other = handler.handle(
                create("{apiVersion: example.org/v1, kind: Other, metadata: {name: a}, spec: {anything: 1}}"));
        AdmissionAnswer unserved = handler.handle(
                create(
                        "{apiVersion: networking.istio.io/v1alpha3, kind: EnvoyFilter, metadata: {name: a}, spec: {anything: 1}}"));

        assertThat(other).isInstanceOf(Allowed.class);
        assertThat(unserved).isInstanceOf(Allowed.class);
        assertThat(unserved.warnings()).hasSize(1).first().asString().contains("EnvoyFilter is not served");
    }

    private static AdmissionRequest create(String yaml) {
        JsonNode object = YamlTrees.mapping(yaml);
        return new AdmissionRequest(
                "1", object.path("kind").asText(), "shop", Operation.CREATE, object, MissingNode.getInstance());
    }

    private static List<Resource> resources(String yaml) {
        return new ResourceParser()
                .parse("in force", yaml).objects().stream()
                        .map(parsed -> ((Parsed.Valid) parsed).resource())
                        .collect(ImmutableList.toImmutableList());
    }
}
