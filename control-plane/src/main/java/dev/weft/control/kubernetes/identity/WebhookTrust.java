package dev.weft.control.kubernetes.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.MutatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhook;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.ValidatingWebhookConfiguration;
import io.fabric8.kubernetes.api.model.admissionregistration.v1.WebhookClientConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.Base64;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the API server whom to trust when it calls our webhooks: writes the mesh's roots into the {@code caBundle} of this revision's webhook
 * configurations, and again when somebody overwrites them. Every replica does it, since all write the same and nobody can serve a webhook
 * before it is done. Owns its watches and two threads.
 */
public final class WebhookTrust implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookTrust.class);
    private static final JsonMapper JSON = new JsonMapper();
    private static final String FIELD_MANAGER = "weft-control-trust";

    private final Supplier<String> bundle;
    private final Watched<MutatingWebhookConfiguration> mutating;
    private final Watched<ValidatingWebhookConfiguration> validating;

    /**
     * @param mutating name of the configuration that injects
     * @param validating name of the one that validates
     * @param bundle what the webhooks' certificate leads to, as PEM
     */
    public WebhookTrust(KubernetesClient client, String mutating, String validating, Supplier<String> bundle) {
        this.bundle = bundle;
        var api = client.admissionRegistration().v1();
        this.mutating = new Watched<>(
                mutating,
                api.mutatingWebhookConfigurations().withName(mutating),
                configuration -> configuration.getWebhooks().stream()
                        .map(MutatingWebhook::getClientConfig)
                        .toList());
        this.validating = new Watched<>(
                validating,
                api.validatingWebhookConfigurations().withName(validating),
                configuration -> configuration.getWebhooks().stream()
                        .map(ValidatingWebhook::getClientConfig)
                        .toList());
        this.mutating.start();
        this.validating.start();
    }

    /** The bundle has changed. */
    public void refresh() {
        mutating.queue.enqueue(mutating.name);
        validating.queue.enqueue(validating.name);
    }

    /** One configuration. */
    private final class Watched<T extends HasMetadata> implements AutoCloseable {
        private final String name;
        private final Resource<T> place;
        private final Function<T, List<WebhookClientConfig>> calls;
        private final SharedIndexInformer<T> watch;
        private final Reconciler<String> queue;

        private Watched(String name, Resource<T> place, Function<T, List<WebhookClientConfig>> calls) {
            this.name = name;
            this.place = place;
            this.calls = calls;
            this.watch = place.runnableInformer(0);
            this.queue = new Reconciler<>("webhook-trust", this::reconcile);
        }

        private void start() {
            Watches.start(watch, configuration -> queue.enqueue(name));
        }

        private void reconcile(String ignored) {
            T written = watch.getStore().getByKey(name);
            if (written == null) {
                return;
            }
            String wanted = Base64.getEncoder().encodeToString(bundle.get().getBytes(UTF_8));
            ArrayNode patch = JSON.createArrayNode();
            // Places are by number, so the version that was counted in must be the one that is changed.
            patch.addObject()
                    .put("op", "test")
                    .put("path", "/metadata/resourceVersion")
                    .put("value", written.getMetadata().getResourceVersion());
            List<WebhookClientConfig> webhooks = calls.apply(written);
            for (int i = 0; i < webhooks.size(); i++) {
                WebhookClientConfig call = webhooks.get(i);
                // A webhook by URL is somebody's own arrangement, and trusts whom he says.
                if (call.getService() != null && !wanted.equals(call.getCaBundle())) {
                    patch.addObject()
                            .put("op", "add")
                            .put("path", "/webhooks/" + i + "/clientConfig/caBundle")
                            .put("value", wanted);
                }
            }
            if (patch.size() > 1) {
                PatchContext how = new PatchContext.Builder()
                        .withPatchType(PatchType.JSON)
                        .withFieldManager(FIELD_MANAGER)
                        .build();
                place.patch(how, patch.toString());
                LOG.info("told the API server whom to trust webhook={} calls={}", name, patch.size() - 1);
            }
        }

        @Override
        public void close() {
            watch.close();
            queue.close();
        }
    }

    @Override
    public void close() {
        mutating.close();
        validating.close();
    }
}
