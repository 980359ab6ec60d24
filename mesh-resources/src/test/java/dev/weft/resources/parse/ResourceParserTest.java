package dev.weft.resources.parse;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import dev.weft.resources.ConditionKey;
import dev.weft.resources.ConditionKey.Attribute;
import dev.weft.resources.Destination;
import dev.weft.resources.DestinationRule;
import dev.weft.resources.FieldPath;
import dev.weft.resources.HeaderEdits;
import dev.weft.resources.HttpAction;
import dev.weft.resources.HttpRetry;
import dev.weft.resources.HttpRoute;
import dev.weft.resources.KubernetesService;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.Protocol;
import dev.weft.resources.Resource;
import dev.weft.resources.Sidecar;
import dev.weft.resources.SourceLocation;
import dev.weft.resources.StringMatch;
import dev.weft.resources.TrafficPolicy;
import dev.weft.resources.VirtualService;
import dev.weft.resources.WorkloadEntry;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class ResourceParserTest {
    private final ResourceParser parser = new ResourceParser();

    @Test
    void readsAVirtualServiceIntoItsRecord() {
        VirtualService service = (VirtualService) resource("""
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: reviews, namespace: shop, labels: {a: b}, creationTimestamp: "2026-01-31T10:00:00Z"}
                spec:
                  hosts: [reviews]
                  http:
                  - match: [{uri: {prefix: /a}, headers: {x-user: {}, x-beta: {exact: ""}}}]
                    route: [{destination: {host: reviews, subset: v1}}]
                    retries: {attempts: -1, retryOn: "5xx,404"}
                  - redirect: {uri: "%PREFIX()%/new"}
                """);

        HttpRoute first = service.http().getFirst();
        assertThat(service.meta().creationTimestamp()).contains(Instant.parse("2026-01-31T10:00:00Z"));
        assertThat(service.meta().location()).isEqualTo(new SourceLocation("test.yaml", 1, 1));
        assertThat(service.appliesToSidecars()).isTrue();
        assertThat(first.match().getFirst().headers())
                .isEqualTo(ImmutableMap.of("x-user", new StringMatch.Present(), "x-beta", new StringMatch.Exact("")));
        assertThat(first.action())
                .isEqualTo(new HttpAction.Forward(ImmutableList.of(new HttpAction.WeightedHttpDestination(
                        new Destination("reviews", Optional.of("v1"), OptionalInt.empty()), 0, HeaderEdits.NONE))));
        assertThat(first.retries())
                .contains(new HttpRetry(
                        0,
                        Optional.empty(),
                        ImmutableList.of("5xx", "404"),
                        HttpRetry.PreviousHosts.AVOID,
                        Optional.empty()));
        assertThat(service.http().get(1).action())
                .isInstanceOfSatisfying(
                        HttpAction.Redirect.class,
                        redirect -> assertThat(redirect.path())
                                .contains(new HttpAction.RedirectPath.ReplacePrefix("/new")));
    }

    @Test
    void takesAMovedLineForNoChange() {
        String text = """
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: a, resourceVersion: "%s"}
                spec: {host: a}
                """;

        Resource before = resource(text.formatted("1"));
        Resource after = resource("\n# a comment\n" + text.formatted("2"));

        assertThat(after).isEqualTo(before);
        assertThat(after.meta().location()).isNotEqualTo(before.meta().location());
    }

    @Test
    void replacesTheBlocksOfAPolicyWholeOnAPortWithSettings() {
        TrafficPolicy policy = ((DestinationRule) resource("""
                apiVersion: networking.istio.io/v1
                kind: DestinationRule
                metadata: {name: a}
                spec:
                  host: a
                  trafficPolicy:
                    loadBalancer: {simple: RANDOM}
                    connectionPool: {tcp: {maxConnections: 1, connectTimeout: 1.5s}}
                    portLevelSettings: [{port: {number: 80}, tls: {mode: DISABLE}}]
                """)).trafficPolicy().orElseThrow();

        assertThat(policy.forPort(81).connectionPool().orElseThrow().tcp().connectTimeout())
                .contains(Duration.ofMillis(1500));
        assertThat(policy.forPort(80).connectionPool()).isEmpty();
        assertThat(policy.forPort(80).loadBalancer()).isEmpty();
        assertThat(policy.forPort(80).tls()).isPresent();
    }

    @Test
    void readsServicesWithTheProtocolOfTheirPorts() {
        KubernetesService service = (KubernetesService) resource("""
                apiVersion: v1
                kind: Service
                metadata: {name: a, namespace: shop, annotations: {networking.istio.io/exportTo: "., other"}}
                spec:
                  clusterIP: None
                  ports:
                  - {name: grpc-web-api, port: 1}
                  - {name: http2-x, port: 2, targetPort: web}
                  - {name: x, port: 3306}
                  - {name: http, port: 4, appProtocol: kubernetes.io/wss}
                  - {name: y, port: 5, appProtocol: example.com/custom}
                  - {name: http-udp, port: 6, protocol: UDP}
                """);

        assertThat(service.headless()).isTrue();
        assertThat(service.hostname("cluster.local")).isEqualTo("a.shop.svc.cluster.local");
        assertThat(service.exportTo()).isEqualTo(ImmutableSet.of(".", "other"));
        assertThat(service.ports())
                .extracting(KubernetesService.Port::protocol)
                .containsExactly(
                        Protocol.GRPC_WEB,
                        Protocol.HTTP2,
                        Protocol.TCP,
                        Protocol.HTTPS,
                        Protocol.UNKNOWN,
                        Protocol.UDP);
        assertThat(service.port(2).orElseThrow().target()).isEqualTo(new KubernetesService.TargetPort.Named("web"));
    }

    @Test
    void letsTheLabelsOfAWorkloadEntryItselfWin() {
        WorkloadEntry entry = (WorkloadEntry) resource("""
                apiVersion: networking.istio.io/v1
                kind: WorkloadEntry
                metadata: {name: a, labels: {version: v2}}
                spec: {address: 127.0.0.1, labels: {app: a, version: v1}}
                """);

        assertThat(entry.labels()).isEqualTo(ImmutableMap.of("app", "a", "version", "v2"));
    }

    @Test
    void readsTheEndpointsOfASidecar() {
        Sidecar sidecar = (Sidecar) resource("""
                apiVersion: networking.istio.io/v1
                kind: Sidecar
                metadata: {name: a}
                spec:
                  ingress:
                  - {port: {number: 1, protocol: HTTP, name: a}, defaultEndpoint: "[::1]:8080"}
                  - {port: {number: 2, protocol: TCP, name: b}, defaultEndpoint: "unix://@name"}
                  egress: [{hosts: ["~/*"]}]
                """);

        assertThat(sidecar.ingress())
                .extracting(listener -> listener.defaultEndpoint().orElseThrow())
                .containsExactly(
                        new Sidecar.AppEndpoint.Inet("::1", 8080), new Sidecar.AppEndpoint.UnixSocket("@name"));
        assertThat(sidecar.egress().getFirst().hosts().getFirst().namespace()).isEqualTo("~");
    }

    @Test
    void readsTheMeshConfigWhereverItStands() {
        MeshConfig bare = (MeshConfig) resource("trustDomain: a.example\n");
        MeshConfig fromMap = (MeshConfig) resource("""
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio, namespace: istio-system}
                data:
                  mesh: |-
                    trustDomain: a.example
                """);
        MeshConfig fromKind = (MeshConfig)
                resource("{apiVersion: mesh.istio.io/v1alpha1, kind: MeshConfig, spec: {trustDomain: a.example}}");

        assertThat(bare).isEqualTo(fromMap).isEqualTo(fromKind);
        assertThat(bare.trustDomain()).isEqualTo("a.example");
        assertThat(bare.ports()).isEqualTo(MeshConfig.DEFAULT.ports());
        assertThat(bare.key()).isEqualTo(MeshConfig.DEFAULT.key());
    }

    @Test
    void namesTheLineInsideAConfigMap() {
        Parsed parsed = parser.parse("test.yaml", """
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: istio}
                data:
                  mesh: |
                    # a comment
                    trustDomian: a
                """).objects().getFirst();

        assertThat(parsed.problems().getFirst().location().line()).isEqualTo(7);
    }

    @Test
    void findsFieldsAfterwardsToo() {
        Parsed.Valid parsed =
                (Parsed.Valid) parser.parse("test.yaml", """
                apiVersion: networking.istio.io/v1
                kind: VirtualService
                metadata: {name: a}
                spec:
                  hosts: [a]
                  http:
                  - route:
                    - destination:
                        host: a
                        subset: v1
                """).objects().getFirst();
        FieldPath route = FieldPath.ROOT
                .field("spec")
                .field("http")
                .index(0)
                .field("route")
                .index(0);

        assertThat(parsed.positions().locate(route.field("destination").field("subset")))
                .isEqualTo(new SourceLocation("test.yaml", 10, 9));
        assertThat(parsed.positions().locate(route.field("weight"))).isEqualTo(new SourceLocation("test.yaml", 8, 7));
    }

    @Test
    void readsTheKeysOfConditions() {
        assertThat(ConditionKey.parse("request.headers[x-user]"))
                .contains(new ConditionKey(Attribute.REQUEST_HEADER, ImmutableList.of("x-user")));
        assertThat(ConditionKey.parse("request.auth.claims[a][b]"))
                .contains(new ConditionKey(Attribute.REQUEST_CLAIM, ImmutableList.of("a", "b")));
        assertThat(ConditionKey.parse("source.ip")).contains(new ConditionKey(Attribute.SOURCE_IP, ImmutableList.of()));
        assertThat(ConditionKey.parse("request.headers")).isEmpty();
        assertThat(ConditionKey.parse("request.headers[a][b]")).isEmpty();
        assertThat(ConditionKey.parse("request.headers[a")).isEmpty();
        assertThat(ConditionKey.parse("source.ip[a]")).isEmpty();
        assertThat(ConditionKey.parse("source.ip[")).isEmpty();
        assertThat(ConditionKey.parse("source")).isEmpty();
    }

    private Resource resource(String text) {
        Parsed parsed = parser.parse("test.yaml", text).objects().getFirst();
        assertThat(parsed).as(() -> parsed.problems().toString()).isInstanceOf(Parsed.Valid.class);
        return ((Parsed.Valid) parsed).resource();
    }
}
