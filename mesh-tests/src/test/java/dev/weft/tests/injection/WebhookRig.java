package dev.weft.tests.injection;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableMap;
import dev.weft.control.webhook.InjectHandler;
import dev.weft.control.webhook.InjectionMetrics;
import dev.weft.control.webhook.LiveInjector;
import dev.weft.control.webhook.ReferenceWarnings;
import dev.weft.control.webhook.ValidateHandler;
import dev.weft.control.webhook.WebhookServer;
import dev.weft.injector.config.InjectorConfigReader;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.Resource;
import dev.weft.testkit.TestCertificates;
import dev.weft.tests.cluster.Cluster;
import dev.weft.tests.cluster.TestNamespace;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * The webhooks in this process, reached by the API server through a Service as those of a pod would be.
 * Owns what it makes in the cluster.
 */
final class WebhookRig implements AutoCloseable {
    private static final char[] PASSWORD = "test".toCharArray();

    private final Cluster cluster;
    private final TestNamespace system;
    private final WebhookServer webhooks;
    private final String configurations;

    private WebhookRig(Cluster cluster, TestNamespace system, WebhookServer webhooks, String configurations) {
        this.cluster = cluster;
        this.system = system;
        this.webhooks = webhooks;
        this.configurations = configurations;
    }

    static WebhookRig start(Cluster cluster) {
        TestNamespace system = cluster.namespace("weft-hooks");
        TestCertificates root = TestCertificates.root("webhooks");
        LiveInjector injector = new LiveInjector(
                InjectorConfigReader.read("systemNamespace: " + system.name(), "")
                        .config(),
                () -> MeshConfig.DEFAULT);
        InetAddress here = towards(cluster);
        InjectionMetrics metrics = new InjectionMetrics(new SimpleMeterRegistry());
        ValidateHandler validate =
                new ValidateHandler(new ReferenceWarnings(List::<Resource>of, "cluster.local"), metrics);
        WebhookServer webhooks = WebhookServer.start(
                new InetSocketAddress(here, 0),
                keys(root.leaf("weft-control." + system.name() + ".svc")),
                ImmutableMap.of(
                        "/inject", new InjectHandler(injector, metrics, System::nanoTime), "/validate", validate),
                metrics);
        system.apply(service(here, webhooks.port()));
        String configurations = configurations(system.name(), root.pem());
        cluster.kubectl().apply(configurations);
        return new WebhookRig(cluster, system, webhooks, configurations);
    }

    /** The control plane is gone; its configurations stay. */
    void stopAnswering() {
        webhooks.close();
    }

    @Override
    public void close() {
        cluster.kubectl().delete(configurations);
        webhooks.close();
        system.close();
    }

    /** The address under which the cluster sees this machine. */
    private static InetAddress towards(Cluster cluster) {
        URI server =
                URI.create(cluster.kubectl().run("config", "view", "-o", "jsonpath={.clusters[0].cluster.server}"));
        try (Socket socket = new Socket(server.getHost(), server.getPort())) {
            return socket.getLocalAddress();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String service(InetAddress address, int port) {
        return """
                apiVersion: v1
                kind: Service
                metadata: {name: weft-control, namespace: $NAMESPACE}
                spec: {ports: [{name: https-webhooks, port: 443, targetPort: %d}]}
                ---
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: weft-control-1, namespace: $NAMESPACE, labels: {kubernetes.io/service-name: weft-control}}
                addressType: IPv4
                endpoints: [{addresses: ["%s"], conditions: {ready: true}}]
                ports: [{name: https-webhooks, port: %d, protocol: TCP}]
                """.formatted(port, address.getHostAddress(), port);
    }

    private static String configurations(String namespace, String rootPem) {
        try (InputStream in = WebhookRig.class.getResourceAsStream("/injection/webhooks.yaml")) {
            String bundle = Base64.getEncoder().encodeToString(rootPem.getBytes(UTF_8));
            return new String(in.readAllBytes(), UTF_8)
                    .replace("$NAMESPACE", namespace)
                    .replace("$BUNDLE", bundle);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static X509ExtendedKeyManager keys(TestCertificates.Leaf leaf) {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, PASSWORD);
            store.setKeyEntry(
                    "webhooks", leaf.privateKey(), PASSWORD, leaf.chain().toArray(X509Certificate[]::new));
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, PASSWORD);
            return (X509ExtendedKeyManager) factory.getKeyManagers()[0];
        } catch (GeneralSecurityException e) {
            throw new AssertionError("the JDK takes no key of ours", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
