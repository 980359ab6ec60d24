package dev.weft.control.kubernetes.identity;

import com.google.common.collect.ImmutableMap;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A duty of the leader: the certificates that workloads trust, as a ConfigMap in every namespace of the mesh, where their pods mount it.
 * Repaired when somebody edits or deletes one. Owns its watches and one thread.
 *
 * <p>The surprising rule: where a namespace leaves the mesh its ConfigMap stays, and is nobody's to keep any more. It may be another control
 * plane's, of another revision, that still looks there; and pods that run mount it.
 */
public final class TrustBundleWriter implements AutoCloseable {

    /** The ConfigMap's name. */
    public static final String NAME = "weft-ca-root-cert";

    /** Its key. */
    public static final String KEY = "root-cert.pem";

    private static final Logger LOG = LoggerFactory.getLogger(TrustBundleWriter.class);

    private final KubernetesClient client;
    private final Leadership leadership;
    private final Supplier<String> bundle;
    private final BiPredicate<String, Map<String, String>> selected;
    private final Reconciler<String> namespaces;
    private final SharedIndexInformer<Namespace> namespaceWatch;
    private final SharedIndexInformer<ConfigMap> bundleWatch;

    /**
     * @param bundle what is trusted, as PEM
     * @param selected whether a namespace of this name and these labels belongs to the mesh
     */
    public TrustBundleWriter(
            KubernetesClient client,
            Leadership leadership,
            Supplier<String> bundle,
            BiPredicate<String, Map<String, String>> selected) {
        this.client = client;
        this.leadership = leadership;
        this.bundle = bundle;
        this.selected = selected;
        this.namespaces = new Reconciler<>("trust-bundle", this::reconcile);
        this.namespaceWatch = client.namespaces().runnableInformer(0);
        this.bundleWatch = client.configMaps()
                .inAnyNamespace()
                .withField("metadata.name", NAME)
                .runnableInformer(0);
        Watches.start(
                namespaceWatch,
                namespace -> namespaces.enqueue(namespace.getMetadata().getName()));
        Watches.start(bundleWatch, map -> namespaces.enqueue(map.getMetadata().getNamespace()));
        leadership.onElected(this::refresh);
    }

    /** Looks at every namespace again: the bundle has changed, or which namespaces belong to the mesh. */
    public void refresh() {
        namespaceWatch
                .getStore()
                .list()
                .forEach(namespace -> namespaces.enqueue(namespace.getMetadata().getName()));
    }

    private void reconcile(String name) {
        if (!leadership.isLeader()) {
            return;
        }
        Namespace namespace = namespaceWatch.getStore().getByKey(name);
        if (namespace == null || namespace.getMetadata().getDeletionTimestamp() != null) {
            return;
        }
        Map<String, String> labels = namespace.getMetadata().getLabels();
        ConfigMap written = bundleWatch.getStore().getByKey(name + "/" + NAME);
        if (!selected.test(name, labels == null ? ImmutableMap.of() : labels)) {
            return;
        }
        Map<String, String> data = ImmutableMap.of(KEY, bundle.get());
        if (written == null) {
            client.resource(fresh(name, data)).create();
            LOG.debug("wrote the trust bundle namespace={}", name);
        } else if (!data.equals(written.getData()) || !isOurs(written)) {
            client.resource(repaired(written, data)).update();
            LOG.info("corrected the trust bundle namespace={}", name);
        }
    }

    private static ConfigMap fresh(String namespace, Map<String, String> data) {
        return new ConfigMapBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(NAME)
                .addToLabels(Owned.LABEL, Owned.VALUE)
                .endMetadata()
                .withData(data)
                .build();
    }

    private static ConfigMap repaired(ConfigMap written, Map<String, String> data) {
        Map<String, String> labels = written.getMetadata().getLabels() == null
                ? new HashMap<>()
                : new HashMap<>(written.getMetadata().getLabels());
        labels.put(Owned.LABEL, Owned.VALUE);
        return new ConfigMapBuilder(written)
                .editMetadata()
                .withLabels(labels)
                .endMetadata()
                .withData(data)
                .withBinaryData(null)
                .build();
    }

    private static boolean isOurs(ConfigMap map) {
        return map.getMetadata().getLabels() != null
                && Owned.VALUE.equals(map.getMetadata().getLabels().get(Owned.LABEL));
    }

    @Override
    public void close() {
        namespaceWatch.close();
        bundleWatch.close();
        namespaces.close();
    }
}
