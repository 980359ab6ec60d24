package dev.weft.control.kubernetes.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.weft.control.source.ObjectStatus;
import dev.weft.control.source.StatusSink;
import dev.weft.control.source.StatusTarget;
import io.fabric8.kubernetes.api.Pluralize;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Statuses into the {@code status} of objects: read, merge, write with the version that was read. Stateless; blocks.
 */
public final class KubernetesStatusSink implements StatusSink {

    /** The controller that entries of routes are by, and that a {@code GatewayClass} of ours names. */
    public static final String CONTROLLER = "weft.dev/gateway-controller";

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesStatusSink.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String STATUS = "status";

    private final KubernetesClient client;
    private final InstantSource clock;

    public KubernetesStatusSink(KubernetesClient client, InstantSource clock) {
        this.client = client;
        this.clock = clock;
    }

    @Override
    public Written write(ObjectStatus status) {
        StatusTarget target = status.target();
        try {
            Resource<GenericKubernetesResource> place = place(target);
            GenericKubernetesResource live = place.get();
            if (live == null) {
                return Written.GONE;
            }
            Long generation = live.getMetadata().getGeneration();
            long observed = target.generation() > 0 ? target.generation() : generation == null ? 0 : generation;
            Map<String, Object> before =
                    StatusMerge.map(live.getAdditionalProperties().get(STATUS));
            Map<String, Object> after = new StatusMerge(CONTROLLER, clock.instant(), observed).merge(before, status);
            // As JSON, where an int and a long of one value are the same number.
            if (json(before).equals(json(after)) || (before.isEmpty() && saysNothing(status))) {
                return Written.UNCHANGED;
            }
            live.setAdditionalProperty(STATUS, after);
            place(target, live).updateStatus();
            return Written.CHANGED;
        } catch (KubernetesClientException e) {
            return switch (e.getCode()) {
                case 404 -> Written.GONE;
                case 409 -> Written.LATER;
                default -> {
                    LOG.warn(
                            "status was not written object=\"{}\" code={} reason=\"{}\"",
                            target.object(),
                            e.getCode(),
                            e.getMessage());
                    yield Written.LATER;
                }
            };
        }
    }

    private static JsonNode json(Map<String, Object> tree) {
        try {
            return JSON.readTree(JSON.writeValueAsBytes(tree));
        } catch (java.io.IOException e) {
            throw new AssertionError("a tree of maps is JSON", e);
        }
    }

    /** A route that never had an entry of ours needs none that is empty. */
    private static boolean saysNothing(ObjectStatus status) {
        return status instanceof ObjectStatus.Route route && route.parents().isEmpty();
    }

    private Resource<GenericKubernetesResource> place(StatusTarget target) {
        var kind = client.genericKubernetesResources(context(target));
        return target.namespace().isEmpty()
                ? kind.withName(target.name())
                : kind.inNamespace(target.namespace()).withName(target.name());
    }

    private Resource<GenericKubernetesResource> place(StatusTarget target, GenericKubernetesResource object) {
        var kind = client.genericKubernetesResources(context(target));
        return target.namespace().isEmpty()
                ? kind.resource(object)
                : kind.inNamespace(target.namespace()).resource(object);
    }

    private static ResourceDefinitionContext context(StatusTarget target) {
        int slash = target.apiVersion().indexOf('/');
        return new ResourceDefinitionContext.Builder()
                .withGroup(slash < 0 ? "" : target.apiVersion().substring(0, slash))
                .withVersion(target.apiVersion().substring(slash + 1))
                .withKind(target.kind())
                .withPlural(Pluralize.toPlural(target.kind().toLowerCase(Locale.ROOT)))
                .withNamespaced(!target.namespace().isEmpty())
                .build();
    }
}
