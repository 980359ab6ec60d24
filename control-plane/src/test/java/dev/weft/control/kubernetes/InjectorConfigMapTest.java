package dev.weft.control.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InjectorConfigMapTest {
    private static final String CONFIG_MAP = """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: weft-injector, namespace: weft-system}
            data: {values: "image: %s"}
            """;

    private final BlockingQueue<Map<String, String>> seen = new LinkedBlockingQueue<>();

    @Test
    void handsOnWhatIsThereBeforeItReturnsAndEachChangeAfterwards() throws InterruptedException {
        try (FakeCluster cluster = new FakeCluster()) {
            cluster.apply(CONFIG_MAP.formatted("a"));

            try (InjectorConfigMap ignored =
                    InjectorConfigMap.watch(cluster.client(), "weft-system", "weft-injector", seen::add)) {
                assertThat(seen.poll()).containsExactly(Map.entry("values", "image: a"));

                cluster.apply(CONFIG_MAP.formatted("b"));

                assertThat(seen.poll(10, TimeUnit.SECONDS)).containsExactly(Map.entry("values", "image: b"));
            }
        }
    }

    @Test
    void goesOnWhereThereIsNone() {
        try (FakeCluster cluster = new FakeCluster();
                InjectorConfigMap ignored =
                        InjectorConfigMap.watch(cluster.client(), "weft-system", "weft-injector", seen::add)) {
            assertThat(seen).isEmpty();
        }
    }
}
