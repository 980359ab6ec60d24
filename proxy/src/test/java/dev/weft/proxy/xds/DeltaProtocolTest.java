package dev.weft.proxy.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DeltaProtocolTest {
    private final List<Delivery> deliveries = new ArrayList<>();
    private ImmutableMap<String, String> refuses = ImmutableMap.of();
    private final DeltaProtocol protocol =
            new DeltaProtocol(Node.newBuilder().setId("sidecar~1").build());

    @Test
    void asksForWildcardTypesFirstAndSaysWhoItIsOnce() {
        List<DeltaDiscoveryRequest> first = protocol.opened();

        assertThat(first)
                .extracting(DeltaDiscoveryRequest::getTypeUrl)
                .containsExactly(XdsType.CLUSTER.url(), XdsType.LISTENER.url());
        assertThat(first.get(0).getNode().getId()).isEqualTo("sidecar~1");
        assertThat(first.get(1).hasNode()).isFalse();
    }

    @Test
    void sendsOnlyTheDifferenceOfNames() {
        protocol.opened();

        DeltaDiscoveryRequest one =
                protocol.subscribe(XdsType.ENDPOINTS, ImmutableSet.of("a", "b")).orElseThrow();
        DeltaDiscoveryRequest two =
                protocol.subscribe(XdsType.ENDPOINTS, ImmutableSet.of("b", "c")).orElseThrow();

        assertThat(one.getResourceNamesSubscribeList()).containsExactly("a", "b");
        assertThat(two.getResourceNamesSubscribeList()).containsExactly("c");
        assertThat(two.getResourceNamesUnsubscribeList()).containsExactly("a");
        assertThat(protocol.subscribe(XdsType.ENDPOINTS, ImmutableSet.of("b", "c")))
                .isEmpty();
    }

    @Test
    void acceptsTheGoodAndNamesTheBadOfOneResponse() {
        protocol.opened();
        refuses = ImmutableMap.of("bad", "no such field");

        DeltaDiscoveryRequest answer = receive(XdsType.CLUSTER, "n1", resource("good", "1"), resource("bad", "1"));

        assertThat(answer.getResponseNonce()).isEqualTo("n1");
        assertThat(answer.getErrorDetail().getMessage()).contains("bad").contains("no such field");
        assertThat(deliveries.get(0).resources()).hasSize(2);
    }

    @Test
    void namesOnANewStreamTheVersionsThatItAccepted() {
        protocol.opened();
        refuses = ImmutableMap.of("bad", "broken");
        receive(XdsType.CLUSTER, "n1", resource("good", "1"), resource("bad", "1"));
        protocol.subscribe(XdsType.ENDPOINTS, ImmutableSet.of("good"));
        refuses = ImmutableMap.of();
        receive(XdsType.ENDPOINTS, "n2", resource("good", "e7"));

        List<DeltaDiscoveryRequest> again = protocol.opened();

        assertThat(again).hasSize(3);
        assertThat(again.get(0).getInitialResourceVersionsMap()).containsExactly(Map.entry("good", "1"));
        assertThat(again.get(1).getInitialResourceVersionsMap()).containsExactly(Map.entry("good", "e7"));
        assertThat(again.get(1).getResourceNamesSubscribeList()).containsExactly("good");
        assertThat(again.get(0).getResponseNonce()).isEmpty();
    }

    @Test
    void forgetsTheVersionOfWhatIsGone() {
        protocol.opened();
        receive(XdsType.CLUSTER, "n1", resource("a", "1"));
        protocol.received(
                DeltaDiscoveryResponse.newBuilder()
                        .setTypeUrl(XdsType.CLUSTER.url())
                        .setNonce("n2")
                        .addRemovedResources("a")
                        .build(),
                this::take);

        assertThat(protocol.opened().get(0).getInitialResourceVersionsMap()).isEmpty();
        assertThat(deliveries.get(1).removed()).containsExactly("a");
    }

    @Test
    void refusesANameThatIsSentAndRemovedAtOnce() {
        protocol.opened();

        DeltaDiscoveryRequest answer = protocol.received(
                        DeltaDiscoveryResponse.newBuilder()
                                .setTypeUrl(XdsType.CLUSTER.url())
                                .setNonce("n1")
                                .addResources(resource("a", "1"))
                                .addRemovedResources("a")
                                .build(),
                        this::take)
                .orElseThrow();

        assertThat(answer.hasErrorDetail()).isTrue();
        assertThat(deliveries).isEmpty();
    }

    @Test
    void leavesOutWhatNobodyAskedFor() {
        protocol.opened();
        protocol.subscribe(XdsType.ENDPOINTS, ImmutableSet.of("a"));

        receive(XdsType.ENDPOINTS, "n1", resource("a", "1"), resource("stray", "1"));

        assertThat(deliveries.get(0).resources())
                .extracting(Delivery.Received::name)
                .containsExactly("a");
    }

    private DeltaDiscoveryRequest receive(XdsType type, String nonce, Resource... resources) {
        DeltaDiscoveryResponse.Builder response =
                DeltaDiscoveryResponse.newBuilder().setTypeUrl(type.url()).setNonce(nonce);
        for (Resource resource : resources) {
            response.addResources(resource.toBuilder()
                    .setResource(Any.newBuilder().setTypeUrl(type.url()).setValue(ByteString.EMPTY)));
        }
        return protocol.received(response.build(), this::take).orElseThrow();
    }

    private ImmutableMap<String, String> take(Delivery delivery) {
        deliveries.add(delivery);
        return refuses;
    }

    private static Resource resource(String name, String version) {
        return Resource.newBuilder()
                .setName(name)
                .setVersion(version)
                .setResource(Any.newBuilder().setTypeUrl(XdsType.CLUSTER.url()))
                .build();
    }
}
