package dev.weft.control.kubernetes.identity;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableMap;
import dev.weft.control.ca.CaException;
import dev.weft.control.ca.SelfSignedRoot;
import dev.weft.control.ca.SigningMaterial;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the authority's key lives on a cluster: the user's Secret {@code cacerts} if there is one, else {@code weft-ca}, which the leader
 * makes. Every replica reads it, so every replica signs. Safe for many threads.
 *
 * <p>Only the API server's own create decides who made the root: of two replicas that both think they lead, one gets a conflict and reads
 * what the other made. A {@code cacerts} that cannot be used is never passed over for a root of our own: its owner wants his.
 */
public final class AuthoritySecret implements AutoCloseable {

    /** The user's, with Istio's name and keys. */
    public static final String USERS = "cacerts";

    /** Ours. */
    public static final String OWN = "weft-ca";

    private static final Logger LOG = LoggerFactory.getLogger(AuthoritySecret.class);
    private static final String TYPE = "weft.dev/ca";
    private static final Duration RETRY = Duration.ofMillis(500);

    private final KubernetesClient client;
    private final String namespace;
    private final Leadership leadership;
    private final InstantSource clock;
    private final SecureRandom random;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ended = lock.newCondition();
    private final List<AutoCloseable> owned = new ArrayList<>();
    private volatile String waitingFor = "the authority's key has not been looked for yet";
    private volatile boolean closed;

    /** What was read last, to put it back where somebody deletes it. */
    private volatile @Nullable Found current;

    public AuthoritySecret(
            KubernetesClient client,
            String namespace,
            Leadership leadership,
            InstantSource clock,
            SecureRandom random) {
        this.client = client;
        this.namespace = namespace;
        this.leadership = leadership;
        this.clock = clock;
        this.random = random;
    }

    private record Found(String secret, ImmutableMap<String, String> texts, SigningMaterial material) {
        @Override
        public String toString() {
            return "Found[secret=" + secret + ", texts=redacted]";
        }
    }

    /** Why there is no material yet; empty once there is. */
    public Optional<String> problem() {
        return current == null ? Optional.of(waitingFor) : Optional.empty();
    }

    /**
     * The material, made if this replica leads and there is none; waits for the leader and for the API server.
     *
     * @throws InterruptedException if this is closed, or the thread interrupted
     */
    public SigningMaterial await(String trustDomain) throws InterruptedException {
        while (true) {
            try {
                Optional<Found> found = read();
                if (found.isEmpty() && leadership.isLeader()) {
                    create(SelfSignedRoot.make(trustDomain, clock, random));
                    found = read();
                }
                if (found.isPresent()) {
                    current = found.get();
                    LOG.info(
                            "the authority signs with secret={}/{}",
                            namespace,
                            found.get().secret());
                    return found.get().material();
                }
                waitFor("Secret " + namespace + "/" + OWN + " is not there yet: the leader makes it");
            } catch (KubernetesClientException e) {
                waitFor("Secret " + namespace + "/" + OWN + " cannot be read: " + e.getMessage());
            } catch (CaException e) {
                waitFor(String.valueOf(e.getMessage()));
            }
        }
    }

    private void waitFor(String reason) throws InterruptedException {
        if (!reason.equals(waitingFor)) {
            waitingFor = reason;
            LOG.warn("no key to sign with yet reason=\"{}\"", reason);
        }
        lock.lock();
        try {
            long left = RETRY.toNanos();
            while (!closed && left > 0) {
                left = ended.awaitNanos(left);
            }
            if (closed) {
                throw new InterruptedException("closed");
            }
        } finally {
            lock.unlock();
        }
    }

    private Optional<Found> read() {
        for (String name : List.of(USERS, OWN)) {
            Secret secret =
                    client.secrets().inNamespace(namespace).withName(name).get();
            if (secret != null) {
                ImmutableMap<String, String> texts = texts(secret);
                return Optional.of(new Found(
                        name, texts, SigningMaterial.parse(texts, "Secret " + namespace + "/" + name, clock)));
            }
        }
        return Optional.empty();
    }

    private ImmutableMap<String, String> texts(Secret secret) {
        ImmutableMap.Builder<String, String> texts = ImmutableMap.builder();
        if (secret.getData() != null) {
            secret.getData().forEach((key, value) -> {
                try {
                    texts.put(key, new String(Base64.getMimeDecoder().decode(value), UTF_8));
                } catch (IllegalArgumentException e) {
                    throw new CaException("Secret " + namespace + "/"
                            + secret.getMetadata().getName() + ": " + key + " is not base64");
                }
            });
        }
        return texts.buildOrThrow();
    }

    /** Creates {@code weft-ca}; somebody who was faster is as good. */
    private void create(ImmutableMap<String, String> texts) {
        ImmutableMap.Builder<String, String> data = ImmutableMap.builder();
        texts.forEach((name, text) -> data.put(name, Base64.getEncoder().encodeToString(text.getBytes(UTF_8))));
        try {
            client.resource(new SecretBuilder()
                            .withNewMetadata()
                            .withNamespace(namespace)
                            .withName(OWN)
                            .addToLabels(Owned.LABEL, Owned.VALUE)
                            .endMetadata()
                            .withType(TYPE)
                            .withData(data.buildOrThrow())
                            .build())
                    .create();
            LOG.info("made a root of the mesh secret={}/{}", namespace, OWN);
        } catch (KubernetesClientException e) {
            if (e.getCode() != 409) {
                throw e;
            }
        }
    }

    /** Tells {@code listener} of every change that can be used, on a thread of this. What cannot be used is logged and changes nothing. */
    public void watch(Consumer<SigningMaterial> listener) {
        Reconciler<String> changes = new Reconciler<>("authority", ignored -> changed(listener));
        owned.add(changes);
        for (String name : List.of(USERS, OWN)) {
            SharedIndexInformer<Secret> informer =
                    client.secrets().inNamespace(namespace).withName(name).runnableInformer(0);
            owned.add(informer::close);
            Watches.start(informer, secret -> changes.enqueue("secret"));
        }
        leadership.onElected(() -> changes.enqueue("secret"));
    }

    private void changed(Consumer<SigningMaterial> listener) {
        Optional<Found> read;
        try {
            read = read();
        } catch (CaException e) {
            LOG.warn("the authority goes on with the key it has reason=\"{}\"", e.getMessage());
            return;
        }
        Found before = current;
        if (read.isPresent()) {
            if (before == null || !before.texts().equals(read.get().texts())) {
                current = read.get();
                listener.accept(read.get().material());
            }
        } else if (before != null && leadership.isLeader()) {
            // Without it the next start would make another root, and nobody would trust anybody.
            LOG.warn("the authority's secret was deleted, it is put back secret={}/{}", namespace, OWN);
            create(before.texts());
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            ended.signalAll();
        } finally {
            lock.unlock();
        }
        for (AutoCloseable resource : owned) {
            try {
                resource.close();
            } catch (Exception e) {
                LOG.debug("could not stop cleanly", e);
            }
        }
    }
}
