package dev.weft.proxy.identity;

import dev.weft.model.tls.SecretRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the secrets that are files and reads them again when a file changes. Runs on the executor that it is given, never on an
 * event loop. A file that does not parse leaves the last good secret in force and is reported once per content.
 */
public final class FileSecrets {
    private static final Logger LOG = LoggerFactory.getLogger(FileSecrets.class);

    private final SecretStore store;
    private final Map<SecretRef.Files, Text> known = new ConcurrentHashMap<>();

    public FileSecrets(SecretStore store) {
        this.store = store;
    }

    /** Looks for changes at this interval. */
    public void start(ScheduledExecutorService executor, Duration interval) {
        long nanos = interval.toNanos();
        executor.scheduleWithFixedDelay(this::reload, nanos, nanos, TimeUnit.NANOSECONDS);
    }

    /** Reads what is new among the references and forgets what is no longer referred to. Blocks on the disk. */
    public void require(Set<SecretRef> refs) {
        for (SecretRef ref : refs) {
            if (ref instanceof SecretRef.Files files && !known.containsKey(files)) {
                load(files);
            }
        }
        known.keySet().removeIf(files -> {
            boolean gone = !refs.contains(files);
            if (gone) {
                store.withdraw(SecretStore.nameOf(files));
            }
            return gone;
        });
    }

    private void reload() {
        known.keySet().forEach(this::load);
    }

    private void load(SecretRef.Files files) {
        Text text;
        try {
            text = new Text(
                    Files.readString(Path.of(files.certificate())),
                    files.privateKey().isEmpty() ? "" : Files.readString(Path.of(files.privateKey())));
        } catch (IOException e) {
            text = new Text("", "");
            if (!text.equals(known.put(files, text))) {
                LOG.warn("cannot read secret files certificate={} cause={}", files.certificate(), e.toString());
            }
            return;
        }
        if (text.equals(known.put(files, text))) {
            return;
        }
        try {
            KeyMaterial material = files.privateKey().isEmpty()
                    ? KeyMaterial.trust(text.certificate())
                    : KeyMaterial.identity(text.certificate(), text.key());
            store.publish(SecretStore.nameOf(files), material);
        } catch (IllegalArgumentException e) {
            LOG.warn(
                    "secret files do not parse, the last good ones stay certificate={} cause={}",
                    files.certificate(),
                    e.getMessage());
        }
    }

    /** What was read last, so that a file is parsed once per content. */
    private record Text(String certificate, String key) {
        @Override
        public String toString() {
            return "Text[redacted]";
        }
    }
}
