package dev.weft.control.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Watches the one ConfigMap with the injector's configuration and hands each version's data on, on the informer's threads. Owns its informer; the client
 * stays its owner's. Once read, what it said stays: a ConfigMap that is gone changes nothing.
 */
public final class InjectorConfigMap implements AutoCloseable {
    private final SharedIndexInformer<GenericKubernetesResource> informer;

    private InjectorConfigMap(SharedIndexInformer<GenericKubernetesResource> informer) {
        this.informer = informer;
    }

    /** Returns once it is known whether there is one, so that no pod meets an injector that was not told yet. */
    public static InjectorConfigMap watch(
            KubernetesClient client, String namespace, String name, Consumer<Map<String, String>> changed) {
        SharedIndexInformer<GenericKubernetesResource> informer = client.genericKubernetesResources(
                        MeshConfigMaps.CONFIG_MAPS)
                .inNamespace(namespace)
                .withName(name)
                .runnableInformer(0);
        informer.itemStore(new ObservedStore(new ObservedStore.Observer() {
            @Override
            public void written(GenericKubernetesResource object) {
                changed.accept(data(object));
            }

            @Override
            public void deleted(String where, String gone) {}
        }));
        Retries.forever(informer, "configmaps/" + name);
        informer.start().toCompletableFuture().join();
        return new InjectorConfigMap(informer);
    }

    private static Map<String, String> data(GenericKubernetesResource object) {
        Map<String, String> data = new HashMap<>();
        if (object.get("data") instanceof Map<?, ?> written) {
            written.forEach((key, value) -> data.put(String.valueOf(key), String.valueOf(value)));
        }
        return data;
    }

    @Override
    public void close() {
        informer.stop();
    }
}
