package dev.weft.tests.cluster;

import java.time.Duration;

/** A namespace that one test has for itself; goes away with what is in it, in the background. */
public final class TestNamespace implements AutoCloseable {
    private static final Duration ACCOUNT = Duration.ofSeconds(30);

    private final Kubectl kubectl;
    private final String name;

    private TestNamespace(Kubectl kubectl, String name) {
        this.kubectl = kubectl;
        this.name = name;
    }

    static TestNamespace create(Kubectl kubectl, String name, String... labels) {
        kubectl.run("create", "namespace", name);
        for (String label : labels) {
            kubectl.run("label", "namespace", name, label);
        }
        // Pods are refused before their service account is there.
        kubectl.await(name, "serviceaccount/default", "create", ACCOUNT);
        return new TestNamespace(kubectl, name);
    }

    public String name() {
        return name;
    }

    /** Applies manifests into this namespace; {@code $NAMESPACE} in them is its name. */
    public String apply(String manifests) {
        Outcome outcome = tryApply(manifests);
        if (!outcome.succeeded()) {
            throw new AssertionError("refused: " + outcome.err());
        }
        return outcome.out() + outcome.err();
    }

    /** Like {@link #apply}, for what may be refused. */
    public Outcome tryApply(String manifests) {
        return kubectl.tryApply(manifests.replace("$NAMESPACE", name));
    }

    /** Waits until every replica of these Deployments is ready. */
    public void awaitRollout(Duration limit, String... deployments) {
        for (String deployment : deployments) {
            kubectl.awaitRollout(name, deployment, limit);
        }
    }

    @Override
    public void close() {
        kubectl.run("delete", "namespace", name, "--ignore-not-found", "--wait=false");
    }
}
