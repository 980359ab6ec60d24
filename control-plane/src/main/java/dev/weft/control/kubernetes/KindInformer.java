package dev.weft.control.kubernetes;

import dev.weft.resources.ResourceKey;
import dev.weft.resources.parse.ResourceParser;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Informable;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches all objects of one kind, or one of them: parses each and says so to the source. Its events come on the client's threads, in order. Identity is
 * what makes an informer: the events of one that was replaced are told from those of its successor by it.
 */
final class KindInformer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(KindInformer.class);

    /** Large lists come in pieces, so that neither side holds one whole. */
    private static final long PAGE = 500;

    private final WatchedKind kind;
    private final ResourceParser parser;
    private final Consumer<ClusterEvent> events;
    private final SharedIndexInformer<GenericKubernetesResource> informer;

    /** Of all objects of a kind. */
    static KindInformer ofAll(
            KubernetesClient client, WatchedKind kind, ResourceParser parser, Consumer<ClusterEvent> events) {
        var resources = client.genericKubernetesResources(kind.context());
        return new KindInformer(
                (kind.kind().isNamespaced() ? resources.inAnyNamespace() : resources).withLimit(PAGE),
                kind,
                parser,
                events);
    }

    /** Of one object, by name. */
    static KindInformer ofOne(
            KubernetesClient client, ResourceKey key, ResourceParser parser, Consumer<ClusterEvent> events) {
        WatchedKind kind = WatchedKind.SECRETS;
        return new KindInformer(
                client.genericKubernetesResources(kind.context())
                        .inNamespace(key.namespace())
                        .withName(key.name()),
                kind,
                parser,
                events);
    }

    private KindInformer(
            Informable<GenericKubernetesResource> objects,
            WatchedKind kind,
            ResourceParser parser,
            Consumer<ClusterEvent> events) {
        this.kind = kind;
        this.parser = parser;
        this.events = events;
        this.informer = objects.runnableInformer(0).itemStore(new ObservedStore(new ObservedStore.Observer() {
            @Override
            public void written(GenericKubernetesResource object) {
                parse(object);
            }

            @Override
            public void deleted(String namespace, String name) {
                events.accept(new ClusterEvent.Deleted(KindInformer.this, key(namespace, name)));
            }
        }));
        Retries.forever(informer, kind.plural());
    }

    WatchedKind kind() {
        return kind;
    }

    void start() {
        informer.start().thenRun(() -> events.accept(new ClusterEvent.Synced(this)));
    }

    private void parse(GenericKubernetesResource object) {
        String namespace = object.getMetadata().getNamespace();
        ResourceKey key =
                key(namespace == null ? "" : namespace, object.getMetadata().getName());
        try {
            events.accept(new ClusterEvent.Written(
                    this, key, parser.parse(key.toString(), ObjectTrees.tree(kind.kind(), object))));
        } catch (RuntimeException e) {
            LOG.error("cannot read an object, its last valid version stays key={}", key, e);
            events.accept(new ClusterEvent.Written(
                    this, key, ResourceParser.unreadable(key.toString(), String.valueOf(e.getMessage()))));
        }
    }

    private ResourceKey key(String namespace, String name) {
        return new ResourceKey(kind.kind(), namespace, name);
    }

    @Override
    public void close() {
        informer.stop();
    }

    @Override
    public String toString() {
        return kind.plural() + "." + kind.version();
    }
}
