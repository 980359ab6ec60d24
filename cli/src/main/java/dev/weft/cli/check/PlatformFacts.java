package dev.weft.cli.check;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;

/**
 * What a cluster is, before anything of the mesh is in it.
 *
 * @param version of Kubernetes, major and minor
 * @param denied what the caller may not do of what an installation does
 * @param definitions of the kinds of Istio and of the Gateway API that are there, by name
 * @param istioWebhooks injectors of an Istio
 */
public record PlatformFacts(
        Version version,
        ImmutableList<Node> nodes,
        ImmutableList<String> denied,
        ImmutableMap<String, Definition> definitions,
        ImmutableList<String> istioWebhooks) {

    /** @param text as the API server says it */
    public record Version(int major, int minor, String text) {
        boolean atLeast(int otherMajor, int otherMinor) {
            return major > otherMajor || major == otherMajor && minor >= otherMinor;
        }
    }

    /** @param kernel as the node reports it */
    public record Node(String name, String os, String kernel) {}

    /** @param ours whether the chart weft-base installed it */
    public record Definition(ImmutableList<String> served, boolean ours) {}
}
