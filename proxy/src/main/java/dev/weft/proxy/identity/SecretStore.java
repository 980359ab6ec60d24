package dev.weft.proxy.identity;

import dev.weft.model.tls.SecretRef;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The secrets that this proxy holds, by name, each with a version of its own that grows with every change.
 *
 * <p>Fed by {@code proxy.agent}, {@code proxy.xds} and {@link FileSecrets}; read by {@link TlsContexts} and the admin page. Thread
 * safe; watchers run on the publishing thread, never an event loop. A secret is never withdrawn by an error of its source: the last
 * good one stays until it expires.
 */
public final class SecretStore {
    private final Map<String, Versioned> secrets = new ConcurrentHashMap<>();
    private final List<Consumer<String>> watchers = new CopyOnWriteArrayList<>();
    private final AtomicLong versions = new AtomicLong();

    /** The name under which the material of a reference is stored. */
    public static String nameOf(SecretRef ref) {
        return switch (ref) {
            case SecretRef.Sds sds -> sds.name();
            case SecretRef.Static known -> known.name();
            case SecretRef.Files files ->
                files.privateKey().isEmpty()
                        ? "file:" + files.certificate()
                        : "file:" + files.certificate() + "+" + files.privateKey();
        };
    }

    /** Stores material under a name; a content equal to the present one is no new version. */
    public void publish(String name, KeyMaterial material) {
        Versioned before = secrets.get(name);
        if (before != null && before.material().equals(material)) {
            return;
        }
        secrets.put(name, new Versioned(material, versions.incrementAndGet()));
        for (Consumer<String> watcher : watchers) {
            watcher.accept(name);
        }
    }

    /** Forgets a secret that its source withdrew: connections that are there go on, new ones are refused. */
    public void withdraw(String name) {
        if (secrets.remove(name) != null) {
            for (Consumer<String> watcher : watchers) {
                watcher.accept(name);
            }
        }
    }

    public Optional<Versioned> find(String name) {
        return Optional.ofNullable(secrets.get(name));
    }

    @Nullable
    Versioned get(String name) {
        return secrets.get(name);
    }

    /** A moment of the whole store, for the admin page and for metrics of expiry. */
    public Map<String, Versioned> all() {
        return Collections.unmodifiableMap(new TreeMap<>(secrets));
    }

    /** Names, in order, for messages. */
    public List<String> names() {
        return new ArrayList<>(new TreeMap<>(secrets).keySet());
    }

    /** Calls {@code watcher} with the name of each secret that changes from now on. */
    public void watch(Consumer<String> watcher) {
        watchers.add(watcher);
    }

    /** Material and the version it has in this process. */
    public record Versioned(KeyMaterial material, long version) {}
}
