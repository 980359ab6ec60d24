package dev.weft.control;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What of an edit reaches a connected proxy, and how soon. */
class ControlPlaneDeliveryTest {
    private static final String REVIEWS_CLUSTER = "outbound|9080||reviews.shop.svc.cluster.local";

    @TempDir
    Path directory;

    @Test
    void sendsOneEndpointChangeAsOneResponseWithOneResourceAndNothingElse() throws Exception {
        try (TestControlPlane plane = new TestControlPlane(directory)) {
            AdsClient client = plane.open();

            plane.writeWorkloads(18001, 18002);

            DeltaDiscoveryResponse change = client.next();
            assertThat(change.getTypeUrl()).isEqualTo(AdsClient.ENDPOINT);
            assertThat(change.getResourcesList()).hasSize(1);
            assertThat(change.getRemovedResourcesList()).isEmpty();
            ClusterLoadAssignment endpoints = ClusterLoadAssignment.parseFrom(
                    change.getResources(0).getResource().getValue());
            assertThat(endpoints.getClusterName()).isEqualTo(REVIEWS_CLUSTER);
            assertThat(endpoints.getEndpointsList().stream()
                            .flatMap(locality -> locality.getLbEndpointsList().stream())
                            .map(endpoint -> endpoint.getEndpoint()
                                    .getAddress()
                                    .getSocketAddress()
                                    .getPortValue()))
                    .containsExactly(18001, 18002);
            client.ack(change);

            // Anything else that the change caused would come before what a later change causes.
            plane.writeWorkloads(18001, 18003);
            assertThat(client.next().getTypeUrl()).isEqualTo(AdsClient.ENDPOINT);
            assertThat(client.responses).isEmpty();
        }
    }

    @Test
    void makesAnEditLiveByItself() throws Exception {
        try (TestControlPlane plane = new TestControlPlane(directory)) {
            AdsClient client = plane.open();

            plane.write(
                    "more.yaml",
                    TestControlPlane.SERVICES.replace("reviews", "extra").split("---")[0]);
            DeltaDiscoveryResponse change = client.next();

            assertThat(TestControlPlane.names(change)).containsExactly("outbound|9080||extra.shop.svc.cluster.local");
        }
    }
}
