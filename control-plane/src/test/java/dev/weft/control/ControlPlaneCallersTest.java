package dev.weft.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.api.istio.v1.auth.IstioCertificateRequest;
import dev.weft.api.istio.v1.auth.IstioCertificateServiceGrpc;
import dev.weft.control.ca.Requests;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is served what: configuration and certificates are for the workload that the token names. */
class ControlPlaneCallersTest {
    @TempDir
    Path directory;

    @Test
    void servesNothingWithoutAToken() throws Exception {
        try (TestControlPlane plane = new TestControlPlane(directory)) {
            AdsClient client = new AdsClient(plane.channel, "");
            assertThat(client.ending().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);

            assertThatThrownBy(() -> IstioCertificateServiceGrpc.newBlockingStub(plane.channel)
                            .createCertificate(IstioCertificateRequest.newBuilder()
                                    .setCsr(Requests.request(Requests.key("secp256r1")))
                                    .build()))
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            failure ->
                                    assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED));
        }
    }

    @Test
    void deniesAStreamAsSomebodyElse() throws Exception {
        try (TestControlPlane plane = new TestControlPlane(directory)) {
            for (var node : List.of(
                    AdsClient.node("ratings-v1", "shop", "ratings"), AdsClient.node("reviews-v1", "bank", "reviews"))) {
                AdsClient client = new AdsClient(plane.channel, plane.token("reviews"));
                client.subscribe(node, AdsClient.CLUSTER);

                assertThat(client.ending().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
                assertThat(client.responses).isEmpty();
            }
        }
    }

    @Test
    void signsForTheCallerAndDeniesACertificateForSomebodyElse() throws Exception {
        try (TestControlPlane plane = new TestControlPlane(directory)) {
            var service = IstioCertificateServiceGrpc.newBlockingStub(plane.channel)
                    .withCallCredentials(new AdsClient.Bearer(plane.token("reviews")));
            String mine = Requests.request(Requests.key("secp256r1"), "spiffe://cluster.local/ns/shop/sa/reviews");
            String other = Requests.request(Requests.key("secp256r1"), "spiffe://cluster.local/ns/shop/sa/ratings");

            assertThat(service.createCertificate(IstioCertificateRequest.newBuilder()
                                    .setCsr(mine)
                                    .build())
                            .getCertChainList())
                    .hasSize(2);
            assertThatThrownBy(() -> service.createCertificate(
                            IstioCertificateRequest.newBuilder().setCsr(other).build()))
                    .isInstanceOfSatisfying(StatusRuntimeException.class, failure -> {
                        assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.PERMISSION_DENIED);
                        assertThat(failure.getStatus().getDescription()).contains("sa/ratings", "sa/reviews");
                    });
        }
    }
}
