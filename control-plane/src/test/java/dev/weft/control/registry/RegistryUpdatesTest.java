package dev.weft.control.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.control.source.SourceState;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RegistryUpdatesTest {
    private static final Debouncer.Times SOON =
            new Debouncer.Times(Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMillis(1));

    private static SourceState service(String name) {
        return new SourceState(ImmutableList.copyOf(Meshes.resources("""
                        apiVersion: v1
                        kind: Service
                        metadata: {name: %s, namespace: shop}
                        spec: {ports: [{name: http, port: 80}]}
                        """.formatted(name))), ImmutableList.of());
    }

    @Test
    void goesOnWithTheNextStateWhereOneCannotBeTaken() throws InterruptedException {
        BlockingQueue<String> taken = new LinkedBlockingQueue<>();
        CountDownLatch failed = new CountDownLatch(1);
        try (RegistryUpdates updates = new RegistryUpdates(
                SOON,
                update -> {
                    String host = update.snapshot().services().getFirst().name();
                    if (host.equals("broken")) {
                        failed.countDown();
                        throw new AssertionError("never");
                    }
                    taken.add(host);
                },
                System::nanoTime,
                "Kubernetes")) {
            updates.start(service("first"));
            updates.onState(service("broken"));
            assertThat(failed.await(10, TimeUnit.SECONDS)).isTrue();
            updates.onState(service("last"));

            assertThat(taken.poll(10, TimeUnit.SECONDS)).isEqualTo("first");
            assertThat(taken.poll(10, TimeUnit.SECONDS)).isEqualTo("last");
        }
    }
}
