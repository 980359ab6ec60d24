package dev.weft.tests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.tests.mesh.Await;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every other test here relies on: images, pods, names, and what kubectl says of a mistake. */
@OnCluster
@Timeout(120)
class ClusterTest {
    private static final String PODS = """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: $NAMESPACE}
            spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
            ---
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: $NAMESPACE}
            spec:
              selector: {matchLabels: {app: web}}
              template:
                metadata: {labels: {app: web}}
                spec:
                  terminationGracePeriodSeconds: 1
                  containers:
                  - name: web
                    image: $IMAGE
                    imagePullPolicy: IfNotPresent
                    command: [sh, -c, "while true; do printf 'HTTP/1.0 200 OK\\\\r\\\\n\\\\r\\\\nhello' | nc -l -p 8080; done"]
                    securityContext: {readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
            """;

    @Test
    void podsReachEachOtherByTheNameOfAService(Cluster cluster) {
        try (TestNamespace namespace = cluster.namespace("smoke")) {
            namespace.apply(PODS.replace("$IMAGE", cluster.image("proxy")));
            namespace.awaitRollout(Duration.ofSeconds(60), "web");

            // The cluster's DNS may be on its way back to an API server that another test ended.
            Await.until(
                    Duration.ofSeconds(60),
                    () -> fetch(cluster, namespace).out().equals("hello"),
                    () -> fetch(cluster, namespace).toString());
        }
    }

    @Test
    void kubectlSaysWhatTheServerRefuses(Cluster cluster) {
        Outcome outcome =
                cluster.kubectl().tryApply("{apiVersion: v1, kind: Pod, metadata: {name: Wrong_Name}, spec: {}}");

        assertThat(outcome.succeeded()).isFalse();
        assertThat(outcome.err()).contains("Wrong_Name");
    }

    private static Outcome fetch(Cluster cluster, TestNamespace namespace) {
        return cluster.kubectl()
                .exec(namespace.name(), "deployment/web", "web", "timeout", "10", "wget", "-q", "-O-", "http://web/");
    }
}
