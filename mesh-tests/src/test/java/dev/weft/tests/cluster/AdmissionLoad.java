package dev.weft.tests.cluster;

import dev.weft.tests.mesh.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;

/**
 * Users who create pods and apply VirtualServices without a pause, each by kubectl, until they are stopped. The pods come to no node, so only the API server and its
 * webhooks have work with them. Owns its threads.
 */
final class AdmissionLoad implements AutoCloseable {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String POD = """
            apiVersion: v1
            kind: Pod
            metadata: {generateName: created-, namespace: %s}
            spec: {schedulerName: nobody, terminationGracePeriodSeconds: 0, containers: [{name: app, image: "app", command: [sleep, "60"]}]}
            """;
    private static final String ROUTE = """
            apiVersion: networking.istio.io/v1
            kind: VirtualService
            metadata: {name: applied, namespace: %s}
            spec: {hosts: [server], http: [{timeout: %ds, route: [{destination: {host: server}}]}]}
            """;

    private final Kubectl kubectl;
    private final AtomicInteger pods = new AtomicInteger();
    private final AtomicInteger routes = new AtomicInteger();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final List<Thread> users = new ArrayList<>();
    private volatile boolean stopped;

    private AdmissionLoad(Kubectl kubectl) {
        this.kubectl = kubectl;
    }

    static AdmissionLoad start(Kubectl kubectl, String namespace) {
        AdmissionLoad load = new AdmissionLoad(kubectl);
        load.user("creates pods", load.pods, ignored -> load.createPod(namespace));
        load.user("applies routes", load.routes, turn -> {
            Outcome outcome = kubectl.tryApply(ROUTE.formatted(namespace, 1 + turn % 30));
            return outcome.succeeded() ? "" : outcome.err();
        });
        return load;
    }

    private String createPod(String namespace) {
        Outcome outcome = kubectl.withInput(
                POD.formatted(namespace), "create", "-f", "-", "-o", "jsonpath={.spec.initContainers[*].name}");
        if (!outcome.succeeded()) {
            return outcome.err();
        }
        return outcome.out().contains("weft-proxy") ? "" : "created without a proxy: " + outcome.out();
    }

    private void user(String name, AtomicInteger succeeded, IntFunction<String> act) {
        users.add(Thread.ofVirtual().name(name).start(() -> {
            while (!stopped) {
                String failure = act.apply(succeeded.get());
                if (failure.isEmpty()) {
                    succeeded.incrementAndGet();
                } else {
                    failures.add(name + ": " + failure.strip());
                }
            }
        }));
    }

    /** Waits until each user has succeeded some more times. */
    void more(int times) {
        int wantedPods = pods.get() + times;
        int wantedRoutes = routes.get() + times;
        Await.until(
                SOON,
                () -> pods.get() >= wantedPods && routes.get() >= wantedRoutes,
                () -> "nothing is let in: " + failures);
    }

    /** What failed so far, in the users' words. */
    List<String> failures() {
        return List.copyOf(failures);
    }

    @Override
    public void close() {
        stopped = true;
        for (Thread user : users) {
            try {
                user.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    @Override
    public String toString() {
        return "pods=" + pods + " routes=" + routes + " bad=" + failures.size();
    }
}
