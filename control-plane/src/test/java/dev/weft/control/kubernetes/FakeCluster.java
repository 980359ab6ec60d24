package dev.weft.control.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.util.HashMap;

/** An API server that stores what it is given: no schemas, no history, no controllers. */
final class FakeCluster implements AutoCloseable {
    private final KubernetesMockServer server = new KubernetesMockServer(
            new Context(), new MockWebServer(), new HashMap<>(), new KubernetesCrudDispatcher(), false);
    private final KubernetesClient client;

    FakeCluster() {
        server.init();
        client = server.createClient();
    }

    KubernetesClient client() {
        return client;
    }

    /** Writes one object over what there is of its name. */
    void apply(String yaml) {
        GenericKubernetesResource object = Serialization.unmarshal(yaml, GenericKubernetesResource.class);
        Resource<GenericKubernetesResource> resource = resource(object);
        if (resource.get() == null) {
            resource.create();
        } else {
            resource.update();
        }
    }

    void delete(String yaml) {
        resource(Serialization.unmarshal(yaml, GenericKubernetesResource.class)).delete();
    }

    private Resource<GenericKubernetesResource> resource(GenericKubernetesResource object) {
        int slash = object.getApiVersion().indexOf('/');
        String kind = object.getKind();
        boolean namespaced = object.getMetadata().getNamespace() != null;
        ResourceDefinitionContext context = new ResourceDefinitionContext.Builder()
                .withGroup(slash < 0 ? "" : object.getApiVersion().substring(0, slash))
                .withVersion(object.getApiVersion().substring(slash + 1))
                .withKind(kind)
                .withPlural(kind.toLowerCase(java.util.Locale.ROOT) + "s")
                .withNamespaced(namespaced)
                .build();
        var resources = client.genericKubernetesResources(context);
        return namespaced
                ? resources.inNamespace(object.getMetadata().getNamespace()).resource(object)
                : resources.resource(object);
    }

    @Override
    public void close() {
        client.close();
        server.destroy();
    }
}
