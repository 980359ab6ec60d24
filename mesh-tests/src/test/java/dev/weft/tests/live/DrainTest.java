package dev.weft.tests.live;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.tests.mesh.Answer;
import dev.weft.tests.mesh.Await;
import dev.weft.tests.mesh.RawClient;
import dev.weft.tests.mesh.Reply;
import dev.weft.tests.mesh.TestMesh;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A sidecar is told to end while requests are on their way through it. */
class DrainTest {
    private static final int IN_FLIGHT = 20;
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @ParameterizedTest
    @ValueSource(strings = {"client", "b"})
    void letsWhatIsInFlightFinishAndTakesNothingNew(String drained) throws Exception {
        try (TestMesh mesh = TestMesh.start();
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            mesh.origins().script(ImmutableList.of(new Answer(200, ImmutableMap.of(), Optional.empty(), 0.7, false)));
            RawClient.Request request = RawClient.Request.get("b.other:9080", "/");
            List<CompletableFuture<Reply>> replies = new ArrayList<>();
            for (int i = 0; i < IN_FLIGHT; i++) {
                replies.add(CompletableFuture.supplyAsync(
                        () -> RawClient.send(mesh.outbound("client", 9080), request, LIMIT), threads));
            }
            Await.until(
                    LIMIT,
                    () -> mesh.origins().arrived().size() == IN_FLIGHT,
                    () -> mesh.origins().arrived().size() + " arrived");

            mesh.proxy(drained).drain(LIMIT);

            assertThat(mesh.proxy(drained).listeners().connections()).isZero();
            for (CompletableFuture<Reply> reply : replies) {
                assertThat(reply.get().status()).isEqualTo(200);
            }
            Reply late = drained.equals("client")
                    ? RawClient.send(mesh.outbound("client", 9080), request, LIMIT)
                    : RawClient.send(mesh.inbound("b", "http"), request, LIMIT);
            assertThat(late.end()).isEqualTo(Reply.CLOSED);
        }
    }
}
