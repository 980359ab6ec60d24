package dev.weft.tests.cluster;

import dev.weft.tests.mesh.Await;
import java.time.Duration;

/**
 * A client in a pod that asks one address without a pause, until it is told to stop. It runs by itself in the container, which has a folder {@code
 * /load}: a stream through the API server would end with the API server.
 */
final class PodLoad {
    private static final Duration LAST_REQUEST = Duration.ofSeconds(30);
    private static final String LOOP = """
            rm -f /load/stop /load/count /load/result
            (
              ok=0; bad=0
              while [ ! -e /load/stop ]; do
                if said=$(timeout 10 wget -q -O /dev/null %s 2>&1); then ok=$((ok + 1)); else bad=$((bad + 1)); echo "$(date +%%T) $said"; fi
                echo $ok >/load/count
              done
              echo "ok=$ok bad=$bad"
            ) >/load/result 2>&1 </dev/null &
            """;

    private final Kubectl kubectl;
    private final String namespace;
    private final String pod;
    private final String container;

    private PodLoad(Kubectl kubectl, String namespace, String pod, String container) {
        this.kubectl = kubectl;
        this.namespace = namespace;
        this.pod = pod;
        this.container = container;
    }

    static PodLoad start(Kubectl kubectl, String namespace, String pod, String container, String url) {
        PodLoad load = new PodLoad(kubectl, namespace, pod, container);
        kubectl.exec(namespace, pod, container, "sh", "-c", LOOP.formatted(url));
        return load;
    }

    /** Requests that succeeded so far. */
    int succeeded() {
        String count = read("count").strip();
        return count.isEmpty() ? 0 : Integer.parseInt(count);
    }

    /** Stops; a line for each request that failed, and one with the numbers. */
    String stop() {
        kubectl.exec(namespace, pod, container, "touch", "/load/stop");
        Await.until(LAST_REQUEST, () -> read("result").contains("ok="), () -> "the load does not end");
        return read("result");
    }

    private String read(String file) {
        return kubectl.exec(namespace, pod, container, "cat", "/load/" + file).out();
    }
}
