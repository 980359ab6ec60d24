package dev.weft.control.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.informers.cache.ItemStore;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The cache of an informer, which keeps nothing of an object but its name and version and tells its observer what comes and goes. Called by the
 * informer's threads, one at a time.
 *
 * <p>Why here and not as an event handler: the informer empties its list into its store before it says that it is synced, and handlers hear of
 * it later, on another thread; and a handler's informer keeps every object whole.
 *
 * <p>The surprising rule: objects are kept by name, not by uid, so that one which was deleted and made again while nobody watched is one
 * change and not a change and the deletion of what is there.
 */
final class ObservedStore implements ItemStore<GenericKubernetesResource> {

    /** Who wants to know. */
    interface Observer {
        void written(GenericKubernetesResource object);

        void deleted(String namespace, String name);
    }

    private final Observer observer;
    private final Map<String, GenericKubernetesResource> known = new ConcurrentHashMap<>();

    ObservedStore(Observer observer) {
        this.observer = observer;
    }

    @Override
    public String getKey(GenericKubernetesResource object) {
        return namespace(object.getMetadata()) + "/" + object.getMetadata().getName();
    }

    @Override
    public @Nullable GenericKubernetesResource put(String key, GenericKubernetesResource object) {
        GenericKubernetesResource before = known.put(key, reduced(object));
        if (before == null || !sameVersion(before, object)) {
            observer.written(object);
        }
        return before;
    }

    private static boolean sameVersion(GenericKubernetesResource one, GenericKubernetesResource other) {
        return Objects.equals(one.getMetadata().getUid(), other.getMetadata().getUid())
                && Objects.equals(
                        one.getMetadata().getResourceVersion(),
                        other.getMetadata().getResourceVersion());
    }

    @Override
    public @Nullable GenericKubernetesResource remove(String key) {
        GenericKubernetesResource gone = known.remove(key);
        if (gone != null) {
            observer.deleted(namespace(gone.getMetadata()), gone.getMetadata().getName());
        }
        return gone;
    }

    private static String namespace(ObjectMeta meta) {
        return meta.getNamespace() == null ? "" : meta.getNamespace();
    }

    private static GenericKubernetesResource reduced(GenericKubernetesResource object) {
        ObjectMeta meta = new ObjectMeta();
        meta.setNamespace(object.getMetadata().getNamespace());
        meta.setName(object.getMetadata().getName());
        meta.setUid(object.getMetadata().getUid());
        meta.setResourceVersion(object.getMetadata().getResourceVersion());
        GenericKubernetesResource reduced = new GenericKubernetesResource();
        reduced.setMetadata(meta);
        return reduced;
    }

    @Override
    public Stream<String> keySet() {
        return known.keySet().stream();
    }

    @Override
    public Stream<GenericKubernetesResource> values() {
        return known.values().stream();
    }

    @Override
    public int size() {
        return known.size();
    }

    @Override
    public @Nullable GenericKubernetesResource get(String key) {
        return known.get(key);
    }

    @Override
    public boolean isFullState() {
        return false;
    }
}
