package dev.weft.tests.cluster;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** kubectl on one cluster, as its users run it. What it says when it fails is in the error. Any thread. */
public final class Kubectl {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    private final Path program;
    private final Path kubeconfig;

    Kubectl(Path program, Path kubeconfig) {
        this.program = program;
        this.kubeconfig = kubeconfig;
    }

    /** Its output. */
    public String run(String... arguments) {
        return require(attempt(arguments), String.join(" ", arguments));
    }

    /** Like {@link #run}, for what may fail. */
    public Outcome attempt(String... arguments) {
        return with("", List.of(arguments));
    }

    /** Applies manifests; returns what kubectl said, warnings included. */
    public String apply(String manifests) {
        Outcome outcome = tryApply(manifests);
        require(outcome, "apply");
        return outcome.out() + outcome.err();
    }

    /** Like {@link #apply}, for what may be refused. */
    public Outcome tryApply(String manifests) {
        return with(manifests, List.of("apply", "-f", "-"));
    }

    /** Any command that reads {@code -} from here. */
    public Outcome withInput(String input, String... arguments) {
        return with(input, List.of(arguments));
    }

    /** Removes what {@link #apply} brought, without waiting for the end of it. */
    public void delete(String manifests) {
        require(with(manifests, List.of("delete", "--ignore-not-found", "--wait=false", "-f", "-")), "delete");
    }

    /** Waits until every replica of a Deployment is ready; what goes on in the namespace is in the error. */
    public void awaitRollout(String namespace, String deployment, Duration limit) {
        Outcome outcome = attempt(
                "-n",
                namespace,
                "rollout",
                "status",
                "deployment/" + deployment,
                "--timeout=" + limit.toSeconds() + "s");
        if (!outcome.succeeded()) {
            throw new AssertionError(deployment + " does not become ready: " + outcome.err() + describe(namespace));
        }
    }

    /** Waits for a condition, as {@code kubectl wait} does: {@code condition=Ready}, {@code jsonpath={...}=...}, {@code delete}. */
    public void await(String namespace, String object, String condition, Duration limit) {
        Outcome outcome =
                attempt("-n", namespace, "wait", object, "--for=" + condition, "--timeout=" + limit.toSeconds() + "s");
        if (!outcome.succeeded()) {
            throw new AssertionError(
                    object + " does not come to " + condition + ": " + outcome.err() + describe(namespace));
        }
    }

    /** Runs a command in a pod; {@code pod} may be {@code deployment/NAME}. */
    public Outcome exec(String namespace, String pod, String container, String... command) {
        List<String> arguments = new ArrayList<>(List.of("-n", namespace, "exec", pod, "-c", container, "--"));
        arguments.addAll(List.of(command));
        return with("", arguments);
    }

    /** One field of one object, by a JSONPath such as {@code {.status.podIP}}. */
    public String field(String namespace, String object, String path) {
        return run("-n", namespace, "get", object, "-o", "jsonpath=" + path);
    }

    /** Pods, what happened to them lately, and the ends of their logs: what a person would look at. */
    public String describe(String namespace) {
        StringBuilder text = new StringBuilder();
        text.append(attempt("-n", namespace, "get", "pods", "-o", "wide").out());
        text.append(attempt("-n", namespace, "get", "events", "--sort-by=.lastTimestamp")
                .out());
        for (String pod : attempt("-n", namespace, "get", "pods", "-o", "name")
                .out()
                .lines()
                .toList()) {
            text.append(pod).append(":\n");
            text.append(attempt("-n", namespace, "logs", pod, "--all-containers", "--prefix", "--tail=30")
                    .out());
        }
        return text.toString();
    }

    private Outcome with(String input, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(program.toString());
        command.addAll(arguments);
        return Command.run(command, Map.of("KUBECONFIG", kubeconfig.toString()), input, LIMIT);
    }

    private static String require(Outcome outcome, String what) {
        if (!outcome.succeeded()) {
            throw new AssertionError(
                    "kubectl " + what + " failed with " + outcome.exit() + ": " + outcome.err() + outcome.out());
        }
        return outcome.out();
    }
}
