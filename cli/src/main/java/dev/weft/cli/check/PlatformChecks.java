package dev.weft.cli.check;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.cli.check.Finding.Code;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The checks of a cluster that hold before and after an installation. Pure. */
public final class PlatformChecks {
    private static final int OLDEST_MINOR = 29;
    private static final int OLDEST_KERNEL = 5;
    private static final Pattern KERNEL = Pattern.compile("(\\d+)\\.(\\d+).*");
    private static final String GATEWAY_API = ".gateway.networking.k8s.io";

    private PlatformChecks() {}

    /** @param kinds names of the definitions that Weft serves */
    public static ImmutableList<Finding> of(PlatformFacts facts, ImmutableSet<String> kinds) {
        return ImmutableList.of(
                version(facts.version()),
                permissions(facts.denied()),
                definitions(facts, kinds),
                gatewayApi(facts),
                istio(facts.istioWebhooks()),
                nodes(facts.nodes()));
    }

    private static Finding version(PlatformFacts.Version version) {
        return version.atLeast(1, OLDEST_MINOR)
                ? Finding.ok(Code.WC01, "Kubernetes " + version.text())
                : Finding.fail(
                        Code.WC01,
                        "Kubernetes " + version.text(),
                        "Weft runs on 1." + OLDEST_MINOR + " and newer",
                        "upgrade the cluster");
    }

    private static Finding permissions(ImmutableList<String> denied) {
        return denied.isEmpty()
                ? Finding.ok(Code.WC02, "you may install")
                : Finding.warn(
                        Code.WC02,
                        "you may not install or upgrade",
                        "you may not " + String.join(", ", denied),
                        "let somebody do it who has the role cluster-admin");
    }

    private static Finding definitions(PlatformFacts facts, ImmutableSet<String> kinds) {
        List<String> there =
                kinds.stream().filter(facts.definitions()::containsKey).toList();
        List<String> foreign =
                there.stream().filter(name -> !definition(facts, name).ours()).toList();
        List<String> old = foreign.stream()
                .filter(name -> !definition(facts, name).served().contains("v1"))
                .toList();
        if (!old.isEmpty()) {
            return Finding.warn(
                    Code.WC03,
                    "kinds of Istio that are there have no version v1",
                    String.join(", ", old),
                    "write their older version, or upgrade them with the Istio that they came with");
        }
        String where =
                there.isEmpty() ? "none of its kinds is there yet" : there.size() + " of " + kinds.size() + " kinds";
        return Finding.ok(
                Code.WC03,
                foreign.isEmpty()
                        ? where
                        : where + ", of which " + foreign.size() + " came from elsewhere and stay as they are");
    }

    private static PlatformFacts.Definition definition(PlatformFacts facts, String name) {
        PlatformFacts.Definition definition = facts.definitions().get(name);
        if (definition == null) {
            throw new AssertionError("filtered above: " + name);
        }
        return definition;
    }

    private static Finding gatewayApi(PlatformFacts facts) {
        PlatformFacts.Definition routes = facts.definitions().get("httproutes" + GATEWAY_API);
        if (routes == null) {
            return Finding.ok(Code.WC04, "Gateway API is not installed; HTTPRoute and its Gateway need it");
        }
        return routes.served().contains("v1")
                ? Finding.ok(Code.WC04, "Gateway API serves v1")
                : Finding.warn(
                        Code.WC04,
                        "Gateway API is too old",
                        "HTTPRoute has the versions " + String.join(", ", routes.served()) + ", expected v1",
                        "install Gateway API 1.0 or newer");
    }

    private static Finding istio(ImmutableList<String> webhooks) {
        return webhooks.isEmpty()
                ? Finding.ok(Code.WC05, "no other mesh injects")
                : Finding.warn(
                        Code.WC05,
                        "an Istio injects in this cluster",
                        "its webhooks are " + String.join(", ", webhooks),
                        "leave compatibility.istioLabels off until it is gone, and label a namespace for one of the two");
    }

    private static Finding nodes(ImmutableList<PlatformFacts.Node> nodes) {
        List<String> unfit = nodes.stream()
                .filter(node -> !node.os().equals("linux") || oldKernel(node.kernel()))
                .map(node -> node.name() + " (" + node.os() + " " + node.kernel() + ")")
                .toList();
        return unfit.isEmpty()
                ? Finding.ok(
                        Code.WC06, nodes.size() + (nodes.size() == 1 ? " node" : " nodes") + " can capture traffic")
                : Finding.warn(
                        Code.WC06,
                        "traffic cannot be captured on every node",
                        String.join(", ", unfit) + "; expected Linux " + OLDEST_KERNEL + " or newer",
                        "keep meshed pods off these nodes with a nodeSelector");
    }

    private static boolean oldKernel(String kernel) {
        Matcher matcher = KERNEL.matcher(kernel);
        return matcher.matches() && Integer.parseInt(matcher.group(1)) < OLDEST_KERNEL;
    }
}
