package dev.weft.cli.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.time.Instant;
import java.util.Optional;

/**
 * What there is of a mesh in a cluster.
 *
 * @param control absent where there is no Deployment of it
 * @param status the answer of its API, of all replicas together; absent where none came
 * @param rootExpires when the youngest of the trusted roots ends; absent where there is no trust bundle
 */
public record MeshFacts(
        String namespace,
        Optional<Control> control,
        Optional<JsonNode> status,
        Optional<Instant> rootExpires,
        ImmutableList<Webhook> webhooks,
        ImmutableList<Namespace> namespaces) {

    /**
     * The control plane.
     *
     * @param troubles what keeps its pods from being ready, in the words of Kubernetes
     * @param silent replicas that are ready and gave no answer, each with the reason; their proxies are not in the status
     */
    public record Control(
            String name,
            int wanted,
            int ready,
            String image,
            ImmutableList<String> troubles,
            ImmutableList<String> silent) {
        public Control withSilent(ImmutableList<String> found) {
            return new Control(name, wanted, ready, image, troubles, found);
        }
    }

    /** A webhook configuration of ours. */
    public record Webhook(String name, Presence presence, Trust trust) {}

    public enum Presence {
        THERE,
        MISSING
    }

    /** Whether the API server trusts the webhook. */
    public enum Trust {
        GOOD,
        /** There is no caBundle yet. */
        NONE,
        /** Its caBundle is not the root of this mesh. */
        OTHER
    }

    /**
     * A namespace that is to be in the mesh.
     *
     * @param labels by which it asks, of Weft and of Istio
     * @param bare pods that run without a proxy and should have one
     * @param meshed pods that have one
     */
    public record Namespace(
            String name,
            ImmutableSet<String> labels,
            Presence root,
            ImmutableList<String> bare,
            ImmutableList<String> meshed) {}
}
