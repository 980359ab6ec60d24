package dev.weft.control.kubernetes.status;

import com.google.errorprone.annotations.Immutable;
import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many proxies all replicas serve: each writes its counts into an annotation of one Lease that all share, and reads those of the others. One
 * small read and one small write at a time, without any connection between replicas. Guarded by its own lock; {@link #exchange} blocks.
 *
 * <p>The surprising rule: what another replica wrote counts for as long as it keeps changing by our own clock. Each writes a number more every
 * time, so that one which is gone is told from one whose counts stay.
 */
public final class ReplicaCounts implements AutoCloseable {
    /** Four exchanges long: one that fails is no replica that is gone. */
    static final Duration REMEMBERED = Duration.ofMinutes(1);

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaCounts.class);
    private static final String PREFIX = "proxies.weft.dev/";
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;

    private final KubernetesClient client;
    private final String namespace;
    private final String lease;
    private final String replica;
    private final LongSupplier nanoTime;
    private final Object lock = new Object();

    @GuardedBy("lock")
    private final Map<String, Heard> others = new HashMap<>();

    @GuardedBy("lock")
    private long written;

    /** Proxies that are connected, and those of them that refused what they were sent or do not answer. */
    @Immutable
    public record Counts(long connected, long behind) {
        Counts plus(Counts other) {
            return new Counts(connected + other.connected, behind + other.behind);
        }
    }

    /** What another replica wrote last, and when that was news. */
    private record Heard(String text, long at) {}

    /** @param replica of one's own: the pod's name */
    public ReplicaCounts(
            KubernetesClient client, String namespace, String lease, String replica, LongSupplier nanoTime) {
        this.client = client;
        this.namespace = namespace;
        this.lease = lease;
        this.replica = replica;
        this.nanoTime = nanoTime;
    }

    /** Writes the own counts and reads the others'. What fails is tried again with the next call; until then the last ones hold. */
    public void exchange(Counts own) {
        long number;
        synchronized (lock) {
            written++;
            number = written;
        }
        try {
            hear(write(number + " " + own.connected() + " " + own.behind()));
        } catch (KubernetesClientException e) {
            LOG.debug("counts of proxies are not exchanged cause={}", e.getMessage());
        }
    }

    private Lease write(@Nullable String text) {
        String value = text == null ? "null" : "\"" + text + "\"";
        String patch = "{\"metadata\":{\"annotations\":{\"" + PREFIX + replica + "\":" + value + "}}}";
        try {
            return patch(patch);
        } catch (KubernetesClientException e) {
            if (e.getCode() != NOT_FOUND) {
                throw e;
            }
        }
        try {
            client.resource(new LeaseBuilder()
                            .withNewMetadata()
                            .withNamespace(namespace)
                            .withName(lease)
                            .addToLabels("app.kubernetes.io/managed-by", "weft-control")
                            .endMetadata()
                            .build())
                    .create();
        } catch (KubernetesClientException e) {
            // Another replica was faster.
            if (e.getCode() != CONFLICT) {
                throw e;
            }
        }
        return patch(patch);
    }

    private Lease patch(String patch) {
        return client.leases()
                .inNamespace(namespace)
                .withName(lease)
                .patch(PatchContext.of(PatchType.JSON_MERGE), patch);
    }

    private void hear(Lease found) {
        Map<String, String> annotations = found.getMetadata().getAnnotations();
        long now = nanoTime.getAsLong();
        synchronized (lock) {
            Map<String, Heard> heard = new HashMap<>();
            (annotations == null ? Map.<String, String>of() : annotations).forEach((name, text) -> {
                if (name.startsWith(PREFIX) && !name.equals(PREFIX + replica) && text != null) {
                    Heard last = others.get(name);
                    heard.put(name, last != null && last.text().equals(text) ? last : new Heard(text, now));
                }
            });
            others.clear();
            others.putAll(heard);
        }
    }

    /** The own counts and the last ones of all replicas that are there. */
    public Counts total(Counts own) {
        long now = nanoTime.getAsLong();
        synchronized (lock) {
            Counts sum = own;
            for (Heard heard : others.values()) {
                if (now - heard.at() < REMEMBERED.toNanos()) {
                    sum = sum.plus(counts(heard.text()));
                }
            }
            return sum;
        }
    }

    /** Somebody may have written anything. */
    private static Counts counts(String text) {
        String[] parts = text.split(" ", -1);
        try {
            return parts.length == 3
                    ? new Counts(Long.parseLong(parts[1]), Long.parseLong(parts[2]))
                    : new Counts(0, 0);
        } catch (NumberFormatException e) {
            return new Counts(0, 0);
        }
    }

    /** Takes the own counts back, so that nobody waits until they are old. */
    @Override
    public void close() {
        try {
            write(null);
        } catch (KubernetesClientException e) {
            LOG.debug("counts of proxies are not taken back cause={}", e.getMessage());
        }
    }
}
