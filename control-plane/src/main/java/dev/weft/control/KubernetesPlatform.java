package dev.weft.control;

import com.google.common.collect.ImmutableList;
import dev.weft.control.ca.CallerAuthenticator;
import dev.weft.control.ca.CertificateAuthority;
import dev.weft.control.ca.PageAccess;
import dev.weft.control.ca.ServerCertificate;
import dev.weft.control.ca.SigningMaterial;
import dev.weft.control.kubernetes.ClusterConnection;
import dev.weft.control.kubernetes.InjectorConfigMap;
import dev.weft.control.kubernetes.KubernetesSource;
import dev.weft.control.kubernetes.KubernetesSourceOptions;
import dev.weft.control.kubernetes.identity.AuthoritySecret;
import dev.weft.control.kubernetes.identity.Leadership;
import dev.weft.control.kubernetes.identity.ReviewedAccess;
import dev.weft.control.kubernetes.identity.TokenReviewAuthenticator;
import dev.weft.control.kubernetes.identity.TrustBundleWriter;
import dev.weft.control.kubernetes.identity.WebhookTrust;
import dev.weft.control.kubernetes.status.KubernetesStatusSink;
import dev.weft.control.kubernetes.status.ReplicaCounts;
import dev.weft.control.registry.RegistrySnapshot;
import dev.weft.control.source.ObjectStatus;
import dev.weft.control.source.ResourceSource;
import dev.weft.control.status.StatusWriter;
import dev.weft.control.status.ValidationStatuses;
import dev.weft.control.webhook.LiveInjector;
import dev.weft.resources.MeshConfig;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.VersionInfo;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A cluster: resources, identities and the authority's key come from the API server, and one replica, the leader, writes. Owns the client and
 * all that stands on it. Opened and closed by the app's thread; what is {@link #decided} comes on others.
 */
final class KubernetesPlatform implements Platform {

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesPlatform.class);
    private static final String CONTROL = "weft-control";

    /** Kube-proxies learn within this time that a pod takes nobody new. */
    private static final Duration DRAIN = Duration.ofSeconds(3);

    private final ControlPlaneOptions.Kubernetes options;
    private final InstantSource clock;
    private final SecureRandom random;
    private final KubernetesClient client;
    private final Leadership leadership;
    private final AuthoritySecret secret;
    private final StatusWriter statuses;
    private final ReplicaCounts counts;
    private final Deque<AutoCloseable> owned = new ArrayDeque<>();
    private volatile MeshConfig mesh = MeshConfig.DEFAULT;
    private volatile @Nullable TrustBundleWriter bundles;

    KubernetesPlatform(
            ControlPlaneOptions.Kubernetes options,
            Map<String, String> environment,
            InstantSource clock,
            SecureRandom random) {
        this.options = options;
        this.clock = clock;
        this.random = random;
        this.client = own(ClusterConnection.open(options.kubeconfig()));
        String pod = environment.getOrDefault("POD_NAME", CONTROL);
        String replica = pod + "_" + Long.toHexString(random.nextLong());
        this.counts = own(new ReplicaCounts(
                client, options.namespace(), options.revisioned("weft-proxies"), pod, System::nanoTime));
        this.leadership = own(new Leadership(
                client,
                new Leadership.Seat(options.namespace(), options.revisioned("weft-leader"), replica),
                Leadership.Times.DEFAULT,
                clock,
                System::nanoTime));
        this.secret = own(new AuthoritySecret(client, options.namespace(), leadership, clock, random));
        this.statuses = own(new StatusWriter(
                new KubernetesStatusSink(client, clock),
                leadership::isLeader,
                StatusWriter.Times.DEFAULT,
                System::nanoTime));
    }

    @Override
    public void open() {
        LOG.info(
                "on Kubernetes server={} namespace={} revision={} cluster={}",
                client.getMasterUrl(),
                options.namespace(),
                options.revision(),
                options.clusterId());
        leadership.start();
    }

    @Override
    public InetSocketAddress listen(int port) {
        return new InetSocketAddress(port);
    }

    @Override
    public ResourceSource source() {
        return new KubernetesSource(client, KubernetesSourceOptions.of(options.namespace(), options.revision()), clock);
    }

    @Override
    public CallerAuthenticator callers() {
        return new TokenReviewAuthenticator(client, clock);
    }

    @Override
    public Optional<PageAccess> pageAccess() {
        return Optional.of(new ReviewedAccess(client, options.namespace(), options.revisioned(CONTROL), clock));
    }

    @Override
    public ImmutableList<String> serverNames() {
        ImmutableList.Builder<String> names = ImmutableList.builder();
        for (String service : ImmutableList.of(CONTROL, options.revisioned(CONTROL)).stream()
                .distinct()
                .toList()) {
            String inNamespace = service + "." + options.namespace();
            names.add(inNamespace + ".svc", inNamespace + ".svc.cluster.local", inNamespace, service);
        }
        return names.addAll(ServerCertificate.WELL_KNOWN_NAMES).build();
    }

    @Override
    public SigningMaterial material(String trustDomain) throws InterruptedException {
        return secret.await(trustDomain);
    }

    @Override
    public String materialProblem() {
        return secret.problem().orElse("reads the authority's key");
    }

    @Override
    public void begin(CertificateAuthority authority, Runnable renewed) {
        TrustBundleWriter writer = own(new TrustBundleWriter(
                client,
                leadership,
                authority::trustBundle,
                (namespace, labels) -> RegistrySnapshot.discovers(mesh, namespace, labels)));
        bundles = writer;
        WebhookTrust webhooks = own(new WebhookTrust(
                client,
                options.revisioned("weft-injector"),
                options.revisioned("weft-validator"),
                authority::trustBundle));
        secret.watch(material -> {
            switch (authority.adopt(material)) {
                case UNCHANGED -> LOG.debug("the authority's secret changed, its key did not");
                case ADOPTED -> {
                    LOG.info(
                            "the authority signs with another key or vouches for another bundle material={}", material);
                    renewed.run();
                    writer.refresh();
                    webhooks.refresh();
                }
                case BREAKS_TRUST ->
                    LOG.warn("the authority goes on with the key it has: the new bundle lacks the root in use, or"
                            + " the new key is of a root that the bundle in use lacks; put both roots into"
                            + " root-cert.pem first, change the key afterwards, take the old root out last");
            }
        });
        statuses.start();
        leadership.onElected(statuses::elected);
    }

    @Override
    public void exchange(ValidationStatuses.Proxies own) {
        counts.exchange(new ReplicaCounts.Counts(own.connected(), own.behind()));
    }

    @Override
    public ValidationStatuses.Proxies total(ValidationStatuses.Proxies own) {
        ReplicaCounts.Counts all = counts.total(new ReplicaCounts.Counts(own.connected(), own.behind()));
        return new ValidationStatuses.Proxies(all.connected(), all.behind());
    }

    @Override
    public void configured(MeshConfig newest) {
        boolean same = newest.discoverySelectors().equals(mesh.discoverySelectors());
        mesh = newest;
        TrustBundleWriter writer = bundles;
        if (!same && writer != null) {
            writer.refresh();
        }
    }

    @Override
    public String clusterId() {
        return options.clusterId();
    }

    @Override
    public void decided(String subject, List<? extends ObjectStatus> decided) {
        statuses.publish(subject, decided);
    }

    @Override
    public Optional<InetSocketAddress> listenForWebhooks(int port) {
        return Optional.of(listen(port));
    }

    /** Before the first pod asks: one that was injected by the defaults would have an image that is not there. */
    @Override
    public void configure(LiveInjector injector) {
        try {
            VersionInfo version = client.getKubernetesVersion();
            injector.onServerVersion(
                    Objects.requireNonNullElse(version.getMajor(), ""),
                    Objects.requireNonNullElse(version.getMinor(), ""));
        } catch (KubernetesClientException e) {
            throw new UncheckedIOException(new IOException("the API server does not tell its version", e));
        }
        own(InjectorConfigMap.watch(
                client, options.namespace(), options.revisioned("weft-injector"), injector::onData));
    }

    @Override
    public void serving(int xdsPort, int httpPort) {}

    @Override
    public void stopping() {
        leadership.close();
    }

    @Override
    public Duration drain() {
        return DRAIN;
    }

    private <T extends AutoCloseable> T own(T resource) {
        owned.push(resource);
        return resource;
    }

    @Override
    public void close() {
        for (AutoCloseable resource = owned.poll(); resource != null; resource = owned.poll()) {
            try {
                resource.close();
            } catch (Exception e) {
                LOG.warn(
                        "could not stop cleanly resource={}",
                        resource.getClass().getSimpleName(),
                        e);
            }
        }
    }
}
