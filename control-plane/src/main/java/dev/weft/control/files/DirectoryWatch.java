package dev.weft.control.files;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which files of a directory changed. The operating system's notices make it quick; a look at all stamps twice a second
 * makes it sure, since notices get lost, and are never sent for what a link points to.
 *
 * <p>Confined to its one thread once started. A change is reported when the directory has been quiet for a moment, so that a file
 * is not read while it is being written and a checkout arrives as one change.
 */
final class DirectoryWatch implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DirectoryWatch.class);
    private static final Duration QUIET = Duration.ofMillis(60);
    private static final Duration MAX_WAIT = Duration.ofMillis(600);
    private static final Duration RESCAN = Duration.ofMillis(500);
    private static final long MAX_BYTES = 16L << 20;

    private final Path root;
    private final InstantSource clock;
    private final Consumer<ImmutableList<FileChange>> listener;
    private final WatchService watcher;
    private final Map<Path, WatchKey> watched = new HashMap<>();
    private final Thread thread;

    private Map<String, FileStamp> stamps = Map.of();
    private final Map<String, String> texts = new HashMap<>();
    private final Map<String, String> failures = new HashMap<>();

    /** To be read again though the stamp is the same. */
    private final Set<String> young = new HashSet<>();

    private boolean lost;

    DirectoryWatch(Path root, InstantSource clock, Consumer<ImmutableList<FileChange>> listener) {
        this.root = root;
        this.clock = clock;
        this.listener = listener;
        try {
            this.watcher = root.getFileSystem().newWatchService();
        } catch (IOException e) {
            throw new UncheckedIOException(root + ": cannot be watched", e);
        }
        this.thread = Thread.ofPlatform().name("files").daemon().unstarted(this::run);
    }

    /** Reports all files that are there, then goes on by itself. */
    void start() {
        DirectoryScan first;
        try {
            first = DirectoryScan.of(root);
        } catch (IOException e) {
            throw new UncheckedIOException(root + ": cannot be read", e);
        }
        watch(first.directories());
        listener.accept(changes(first));
        thread.start();
    }

    @Override
    public void close() {
        try {
            watcher.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (thread.isAlive() && !Thread.currentThread().equals(thread)) {
            try {
                thread.join(Duration.ofSeconds(2));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void run() {
        try {
            while (true) {
                boolean notified = await(RESCAN);
                DirectoryScan scan = scan();
                if (scan == null) {
                    continue;
                }
                if (notified || !scan.files().equals(stamps)) {
                    scan = settle(scan);
                }
                watch(scan.directories());
                ImmutableList<FileChange> changes = changes(scan);
                if (!changes.isEmpty()) {
                    listener.accept(changes);
                }
            }
        } catch (ClosedWatchServiceException e) {
            LOG.debug("watch ended directory={}", root);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until nothing changes any more, but not for ever. */
    private DirectoryScan settle(DirectoryScan seen) throws InterruptedException {
        DirectoryScan last = seen;
        long end = System.nanoTime() + MAX_WAIT.toNanos();
        while (System.nanoTime() < end) {
            boolean notified = await(QUIET);
            DirectoryScan now = scan();
            if (now == null) {
                return last;
            }
            boolean quiet = !notified && now.files().equals(last.files());
            last = now;
            if (quiet) {
                break;
            }
        }
        return last;
    }

    /** Whether the operating system reported something within {@code time}. */
    private boolean await(Duration time) throws InterruptedException {
        WatchKey key = watcher.poll(time.toMillis(), TimeUnit.MILLISECONDS);
        if (key == null) {
            return false;
        }
        for (WatchKey next = key; next != null; next = watcher.poll()) {
            next.pollEvents();
            if (!next.reset()) {
                watched.values().remove(next);
            }
        }
        return true;
    }

    private @Nullable DirectoryScan scan() {
        try {
            DirectoryScan scan = DirectoryScan.of(root);
            if (lost) {
                LOG.info("configuration directory is back directory={}", root);
                lost = false;
            }
            return scan;
        } catch (IOException e) {
            // An unmounted volume is no wish to delete the mesh: everything stays until the directory is back.
            if (!lost) {
                LOG.warn(
                        "configuration directory cannot be read, the last state stays directory={} cause={}",
                        root,
                        e.toString());
                lost = true;
            }
            return null;
        }
    }

    private void watch(List<Path> directories) {
        watched.keySet().removeIf(directory -> {
            boolean gone = !directories.contains(directory);
            if (gone) {
                Objects.requireNonNull(watched.get(directory)).cancel();
            }
            return gone;
        });
        for (Path directory : directories) {
            if (!watched.containsKey(directory)) {
                try {
                    watched.put(
                            directory,
                            directory.register(
                                    watcher,
                                    StandardWatchEventKinds.ENTRY_CREATE,
                                    StandardWatchEventKinds.ENTRY_DELETE,
                                    StandardWatchEventKinds.ENTRY_MODIFY));
                } catch (IOException e) {
                    // The look at the stamps covers what cannot be watched.
                    LOG.debug("directory cannot be watched directory={} cause={}", directory, e.toString());
                }
            }
        }
    }

    private ImmutableList<FileChange> changes(DirectoryScan scan) {
        List<FileChange> changes = new ArrayList<>();
        for (String file : stamps.keySet()) {
            if (!scan.files().containsKey(file)) {
                texts.remove(file);
                failures.remove(file);
                young.remove(file);
                changes.add(new FileChange.Deleted(file));
            }
        }
        scan.files().forEach((file, stamp) -> {
            if (!stamp.equals(stamps.get(file)) || young.contains(file)) {
                read(file, stamp, changes);
            }
        });
        stamps = scan.files();
        return ImmutableList.copyOf(changes);
    }

    private void read(String file, FileStamp stamp, List<FileChange> changes) {
        if (stamp.isYoung(clock.instant())) {
            young.add(file);
        } else {
            young.remove(file);
        }
        try {
            if (stamp.size() > MAX_BYTES) {
                throw new IOException("found " + stamp.size() + " bytes, expected at most " + MAX_BYTES);
            }
            String text = Files.readString(root.resolve(file));
            failures.remove(file);
            // A touched file is no change.
            if (!text.equals(texts.put(file, text))) {
                changes.add(new FileChange.Written(file, text));
            }
        } catch (CharacterCodingException e) {
            unreadable(file, "is not UTF-8 text", changes);
        } catch (NoSuchFileException e) {
            // Gone since the scan: the next one reports it.
            young.add(file);
        } catch (IOException e) {
            unreadable(file, String.valueOf(e.getMessage()), changes);
        }
    }

    private void unreadable(String file, String reason, List<FileChange> changes) {
        texts.remove(file);
        // What makes it readable again, such as a permission, may leave the stamp as it is.
        young.add(file);
        if (!reason.equals(failures.put(file, reason))) {
            changes.add(new FileChange.Unreadable(file, reason));
        }
    }
}
