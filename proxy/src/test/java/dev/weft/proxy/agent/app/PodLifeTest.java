package dev.weft.proxy.agent.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Readiness, and how a pod leaves the mesh. */
final class PodLifeTest {
    @Test
    void readyUntilToldToEnd() throws Exception {
        try (TestPod pod = new TestPod(Map.of())) {
            assertThat(pod.health("/healthz/ready").statusCode()).isEqualTo(200);
            assertThat(pod.health("/stats/prometheus").statusCode()).isEqualTo(404);

            HttpResponse<String> told = pod.order("/drain");

            assertThat(told.statusCode()).isEqualTo(200);
            HttpResponse<String> ready = pod.health("/healthz/ready");
            assertThat(ready.statusCode()).isEqualTo(503);
            assertThat(ready.body()).isEqualTo("DRAINING: the pod is told to end\n");
        }
    }

    @Test
    void takesConnectionsForAWhileButTellsThemToGo() throws Exception {
        try (TestPod pod = new TestPod(Map.of("WEFT_DRAIN_SECONDS", "2"))) {
            assertThat(pod.inbound().headers().firstValue("connection")).isEmpty();

            CompletableFuture<Void> left = CompletableFuture.runAsync(() -> {
                try {
                    pod.app.leave();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
            while (pod.health("/healthz/ready").statusCode() == 200) {
                Thread.onSpinWait();
            }

            HttpResponse<String> late = pod.inbound();
            assertThat(late.statusCode()).isEqualTo(200);
            assertThat(late.headers().firstValue("connection")).hasValue("close");
            left.join();
            assertThat(pod.app.listeners().boundAddress("inbound")).isEmpty();
        }
    }

    @Test
    void quitIsAnOrderByPost() throws Exception {
        try (TestPod pod = new TestPod(Map.of())) {
            assertThat(pod.agent("/quitquitquit").statusCode()).isEqualTo(405);

            assertThat(pod.order("/quitquitquit").statusCode()).isEqualTo(200);

            assertThat(pod.quits).hasValue(1);
        }
    }
}
