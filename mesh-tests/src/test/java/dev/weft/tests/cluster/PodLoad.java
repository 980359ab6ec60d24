package dev.weft.tests.cluster;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/** A client in a pod that asks one address without a pause, until it is told to stop. The container has a folder {@code /load}. */
final class PodLoad {
    private static final String LOOP = """
            ok=0; bad=0; rm -f /load/stop
            while [ ! -e /load/stop ]; do
              if said=$(timeout 10 wget -q -O /dev/null %s 2>&1); then ok=$((ok + 1)); else bad=$((bad + 1)); echo "$(date +%%T) $said"; fi
              echo $ok >/load/count
            done
            echo "ok=$ok bad=$bad"
            """;

    private final Kubectl kubectl;
    private final String namespace;
    private final String pod;
    private final String container;
    private final CompletableFuture<Outcome> end;

    private PodLoad(Kubectl kubectl, String namespace, String pod, String container, String url) {
        this.kubectl = kubectl;
        this.namespace = namespace;
        this.pod = pod;
        this.container = container;
        this.end = CompletableFuture.supplyAsync(
                () -> kubectl.exec(namespace, pod, container, "sh", "-c", LOOP.formatted(url)),
                Executors.newVirtualThreadPerTaskExecutor());
    }

    static PodLoad start(Kubectl kubectl, String namespace, String pod, String container, String url) {
        return new PodLoad(kubectl, namespace, pod, container, url);
    }

    /** Requests that succeeded so far. */
    int succeeded() {
        String count = kubectl.exec(namespace, pod, container, "cat", "/load/count")
                .out()
                .strip();
        return count.isEmpty() ? 0 : Integer.parseInt(count);
    }

    /** Stops; a line for each request that failed, and one with the numbers. */
    String stop() {
        kubectl.exec(namespace, pod, container, "touch", "/load/stop");
        Outcome outcome = end.join();
        return outcome.out() + outcome.err();
    }
}
