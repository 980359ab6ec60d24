package dev.weft.cli.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.check.Finding.Code;
import dev.weft.cli.output.Numbers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The checks of an installed mesh. Pure. */
public final class MeshChecks {
    private static final Duration SOON = Duration.ofDays(30);
    private static final int SHOWN = 5;

    private MeshChecks() {}

    public static ImmutableList<Finding> of(MeshFacts facts, Instant now) {
        ImmutableList.Builder<Finding> findings = ImmutableList.builder();
        findings.addAll(control(facts));
        facts.webhooks().forEach(webhook -> findings.add(webhook(webhook)));
        findings.add(root(facts, now));
        findings.addAll(injection(facts));
        facts.status().ifPresent(status -> findings.addAll(dataPlane(status, facts)));
        return findings.build();
    }

    private static List<Finding> control(MeshFacts facts) {
        if (facts.control().isEmpty()) {
            return List.of(Finding.fail(
                    Code.WC11,
                    "there is no control plane",
                    "the namespace " + facts.namespace() + " has no such Deployment",
                    "meshctl install   or name another namespace with --mesh-namespace NS"));
        }
        MeshFacts.Control control = facts.control().get();
        String pods = control.ready() + "/" + control.wanted() + " ready";
        String because = control.troubles().isEmpty() ? "its pods are starting" : String.join("; ", control.troubles());
        String remedy = "kubectl describe pod -n " + facts.namespace() + " -l app=weft-control";
        Finding ready = control.ready() == 0
                ? Finding.fail(Code.WC12, control.name() + " " + pods, because, remedy)
                : control.ready() < control.wanted()
                        ? Finding.warn(Code.WC12, control.name() + " " + pods, because, remedy)
                        : Finding.ok(Code.WC12, control.name() + " " + pods);
        Finding answers = facts.status().isPresent()
                ? control.silent().isEmpty()
                        ? Finding.ok(Code.WC13, "its API answers")
                        : Finding.warn(
                                Code.WC13,
                                control.silent().size() + " of " + control.ready() + " replicas do not answer",
                                some(control.silent()),
                                "kubectl logs -n " + facts.namespace() + " -l app=weft-control --tail 50")
                : Finding.fail(
                        Code.WC13,
                        "its API does not answer",
                        control.ready() == 0 ? "no pod of it is ready" : "a port-forward to it brought no answer",
                        "kubectl logs -n " + facts.namespace() + " -l app=weft-control --tail 50");
        return List.of(Finding.ok(Code.WC11, control.name() + " runs " + control.image()), ready, answers);
    }

    private static Finding webhook(MeshFacts.Webhook webhook) {
        if (webhook.presence() == MeshFacts.Presence.MISSING) {
            return Finding.warn(
                    Code.WC21,
                    webhook.name() + " is not there",
                    "it was switched off by the values of the chart, or deleted",
                    "meshctl upgrade");
        }
        return switch (webhook.trust()) {
            case GOOD -> Finding.ok(Code.WC22, webhook.name() + " is trusted by the API server");
            case NONE ->
                Finding.fail(
                        Code.WC22,
                        webhook.name() + " is not trusted by the API server yet",
                        "the control plane has not written its caBundle",
                        "wait for the control plane to be ready, then see its log");
            case OTHER ->
                Finding.fail(
                        Code.WC22,
                        webhook.name() + " is not trusted by the API server",
                        "its caBundle is not the root of this mesh: another hand wrote it",
                        "remove caBundle from the manifest that is applied, then: kubectl rollout restart deployment -l app=weft-control");
        };
    }

    private static Finding root(MeshFacts facts, Instant now) {
        if (facts.rootExpires().isEmpty()) {
            return Finding.fail(
                    Code.WC23,
                    "there is no trust bundle",
                    "the ConfigMap weft-ca-root-cert of " + facts.namespace() + " is missing or empty",
                    "the leader of the control plane writes it: see its log");
        }
        Instant end = facts.rootExpires().get();
        Duration left = Duration.between(now, end);
        String subject = "the root certificate ends in " + Math.max(0, left.toDays()) + " days";
        if (left.isNegative()) {
            return Finding.fail(
                    Code.WC23,
                    "the root certificate has ended",
                    "it was good until " + end,
                    "rotate it: docs/operations.md");
        }
        return left.compareTo(SOON) < 0
                ? Finding.warn(Code.WC23, subject, "it is good until " + end, "rotate it: docs/operations.md")
                : Finding.ok(Code.WC23, subject);
    }

    private static List<Finding> injection(MeshFacts facts) {
        ImmutableList.Builder<Finding> findings = ImmutableList.builder();
        findings.add(
                facts.namespaces().isEmpty()
                        ? Finding.warn(
                                Code.WC31,
                                "no namespace is in the mesh",
                                "none has the label weft.dev/inject: enabled",
                                "kubectl label namespace NAME weft.dev/inject=enabled")
                        : Finding.ok(
                                Code.WC31,
                                Numbers.count(facts.namespaces().size(), "namespace is", "namespaces are")
                                        + " in the mesh"));
        for (MeshFacts.Namespace namespace : facts.namespaces()) {
            if (namespace.root() == MeshFacts.Presence.MISSING) {
                findings.add(Finding.fail(
                        Code.WC32,
                        "the namespace " + namespace.name() + " has no trust bundle",
                        "pods wait for its ConfigMap weft-ca-root-cert, which the control plane writes",
                        "kubectl logs -n " + facts.namespace() + " -l app=weft-control --tail 50"));
            }
            if (namespace.labels().size() > 1) {
                findings.add(Finding.warn(
                        Code.WC33,
                        "the namespace " + namespace.name() + " has labels of two meshes",
                        String.join(", ", namespace.labels()),
                        "keep one of them"));
            }
            if (!namespace.bare().isEmpty()) {
                findings.add(Finding.warn(
                        Code.WC34,
                        namespace.bare().size() + " of "
                                + (namespace.bare().size() + namespace.meshed().size()) + " pods of " + namespace.name()
                                + " have no proxy",
                        "they run since before the namespace joined: " + some(namespace.bare()),
                        "kubectl rollout restart deployment -n " + namespace.name()));
            }
        }
        return findings.build();
    }

    private static List<Finding> dataPlane(JsonNode status, MeshFacts facts) {
        List<String> rejected = proxies(status, Set.of("rejected"));
        List<String> behind = status.path("items")
                .valueStream()
                .filter(item -> !Set.of("synced", "pending", "rejected")
                        .contains(item.path("state").asText()))
                .map(MeshChecks::name)
                .toList();
        int all = status.path("items").size();
        ImmutableList.Builder<Finding> findings = ImmutableList.builder();
        if (!rejected.isEmpty()) {
            findings.add(Finding.fail(
                    Code.WC41,
                    rejected.size() + " of " + all + " proxies refuse their configuration",
                    some(rejected) + "; they go on with their last good one",
                    "meshctl status"));
        }
        if (!behind.isEmpty()) {
            findings.add(Finding.warn(
                    Code.WC41, behind.size() + " of " + all + " proxies are behind", some(behind), "meshctl status"));
        }
        if (rejected.isEmpty() && behind.isEmpty()) {
            findings.add(Finding.ok(Code.WC41, Numbers.count(all, "proxy is", "proxies are") + " in sync"));
        }
        findings.add(problems(status));
        findings.add(strangers(status, facts));
        return findings.build();
    }

    private static Finding problems(JsonNode status) {
        List<String> errors = status.path("problems")
                .valueStream()
                .filter(problem -> problem.path("severity").asText().equalsIgnoreCase("error"))
                .map(problem -> problem.path("kind").asText() + " "
                        + problem.path("namespace").asText() + "/"
                        + problem.path("name").asText())
                .distinct()
                .toList();
        return errors.isEmpty()
                ? Finding.ok(Code.WC42, "no resource has errors")
                : Finding.warn(
                        Code.WC42,
                        Numbers.count(errors.size(), "resource has", "resources have") + " errors",
                        some(errors),
                        "meshctl status");
    }

    /** Pods with a proxy that the control plane does not know. What a replica knows that does not answer is open. */
    private static Finding strangers(JsonNode status, MeshFacts facts) {
        Set<String> known =
                status.path("items").valueStream().map(MeshChecks::name).collect(Collectors.toSet());
        List<String> strangers = facts.namespaces().stream()
                .flatMap(namespace -> namespace.meshed().stream().map(pod -> pod + "." + namespace.name()))
                .filter(pod -> !known.contains(pod))
                .toList();
        boolean whole =
                facts.control().map(control -> control.silent().isEmpty()).orElse(true);
        return strangers.isEmpty() || !whole
                ? Finding.ok(
                        Code.WC43, "every proxy is connected" + (whole ? "" : ", or to a replica that does not answer"))
                : Finding.warn(
                        Code.WC43,
                        Numbers.count(strangers.size(), "proxy is", "proxies are") + " not connected",
                        some(strangers),
                        "kubectl logs POD -c weft-proxy");
    }

    private static List<String> proxies(JsonNode status, Set<String> states) {
        return status.path("items")
                .valueStream()
                .filter(item -> states.contains(item.path("state").asText()))
                .map(MeshChecks::name)
                .toList();
    }

    private static String name(JsonNode item) {
        return item.path("name").asText() + "." + item.path("namespace").asText();
    }

    private static String some(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
                + (names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "");
    }
}
