package dev.weft.control.kubernetes;

import dev.weft.control.source.ResourceSource;
import dev.weft.control.source.SourceState;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.parse.ResourceParser;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resources from an API server: one informer for each kind that it serves. Informers parse on the client's threads; one thread of the source
 * gathers what they say and hands on whole states.
 *
 * <p>Secrets are watched one by one, and only those that a gateway names.
 *
 * <p>Custom kinds come and go with their definitions, which are watched like everything else. Once read, an object stays until the server says that it is
 * gone: an API server that is away, or a watch that must begin anew, deletes nothing.
 *
 * <p>The client stays its owner's.
 */
public final class KubernetesSource implements ResourceSource {

    private static final Logger LOG = LoggerFactory.getLogger(KubernetesSource.class);

    /** Changes of one cause come in several events, on several watches. */
    private static final Duration LINGER = Duration.ofMillis(2);

    private static final Duration LONGEST_LINGER = Duration.ofMillis(50);
    private static final Duration REPORT = Duration.ofSeconds(10);

    /** The first state waits for Secrets, but not for one that this may not read. */
    private static final Duration PATIENCE_WITH_SECRETS = Duration.ofSeconds(5);

    private final KubernetesClient client;
    private final KubernetesSourceOptions options;
    private final InstantSource clock;
    private final ResourceParser parser = new ResourceParser();
    private final BlockingQueue<ClusterEvent> events = new LinkedBlockingQueue<>();
    private final CompletableFuture<Void> first = new CompletableFuture<>();
    private final Thread thread;
    private volatile boolean closed;

    // Confined to the thread.
    private final ClusterState state;
    private final Map<ResourceKind, KindInformer> informers = new EnumMap<>(ResourceKind.class);
    private final Map<ResourceKey, KindInformer> secrets = new HashMap<>();
    private final Set<KindInformer> unsyncedSecrets = new HashSet<>();
    private final Map<String, WatchedKind> definitions = new HashMap<>();
    private final Set<Object> unsynced = new HashSet<>();
    private @Nullable SharedIndexInformer<GenericKubernetesResource> definitionInformer;
    private @Nullable SharedIndexInformer<GenericKubernetesResource> meshConfigInformer;
    private Consumer<SourceState> listener = ignored -> {};

    public KubernetesSource(KubernetesClient client, KubernetesSourceOptions options, InstantSource clock) {
        this.client = client;
        this.options = options;
        this.clock = clock;
        this.state = new ClusterState(options);
        this.thread = Thread.ofPlatform().name("kubernetes-source").daemon().unstarted(this::run);
    }

    /** Returns once everything that the API server has is read, however long that takes; {@link #close} ends the wait. */
    @Override
    public void start(Consumer<SourceState> receiver) {
        listener = receiver;
        thread.start();
        try {
            first.join();
        } catch (CompletionException e) {
            throw new IllegalStateException("the API server was not read", e);
        }
    }

    private void run() {
        try {
            watchEverything();
            Instant asked = clock.instant();
            Duration reported = Duration.ZERO;
            while (!closed) {
                Duration poll = first.isDone() ? REPORT : Duration.ofSeconds(1);
                ClusterEvent event = events.poll(poll.toMillis(), TimeUnit.MILLISECONDS);
                if (event != null) {
                    take(event);
                }
                state.secretsIfChanged().ifPresent(this::watchSecrets);
                // Later, what cannot be listed holds up nothing but itself.
                Duration waited = Duration.between(asked, clock.instant());
                boolean complete = unsynced.isEmpty()
                        && (unsyncedSecrets.isEmpty() || waited.compareTo(PATIENCE_WITH_SECRETS) > 0);
                if (!first.isDone() && !complete) {
                    reported = report(waited, reported);
                } else if (state.isDirty() && !closed) {
                    deliver();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            LOG.error("the source has failed, its last state stays in force", e);
            first.completeExceptionally(e);
        } finally {
            stopWatching();
        }
    }

    private void watchEverything() {
        definitionInformer = informer(
                client.genericKubernetesResources(CustomKinds.DEFINITIONS)
                        .withLimit(50L)
                        .runnableInformer(0),
                new ObservedStore.Observer() {
                    @Override
                    public void written(GenericKubernetesResource object) {
                        events.add(new ClusterEvent.Defined(object.getMetadata().getName(), CustomKinds.read(object)));
                    }

                    @Override
                    public void deleted(String namespace, String name) {
                        events.add(new ClusterEvent.Defined(name, Optional.empty()));
                    }
                },
                "customresourcedefinitions",
                new ClusterEvent.DefinitionsSynced());
        meshConfigInformer = informer(
                client.genericKubernetesResources(MeshConfigMaps.CONFIG_MAPS)
                        .inNamespace(options.systemNamespace())
                        .withName(options.meshConfigMap())
                        .runnableInformer(0),
                new MeshConfigMaps(parser, state.meshConfigName(), events::add),
                "configmaps",
                new ClusterEvent.MeshConfigSynced());
        WatchedKind.BUILT_IN.forEach(this::watch);
    }

    private SharedIndexInformer<GenericKubernetesResource> informer(
            SharedIndexInformer<GenericKubernetesResource> informer,
            ObservedStore.Observer observer,
            String what,
            ClusterEvent synced) {
        informer.itemStore(new ObservedStore(observer));
        Retries.forever(informer, what);
        unsynced.add(synced);
        informer.start().thenRun(() -> events.add(synced));
        return informer;
    }

    private void watch(WatchedKind kind) {
        KindInformer informer = KindInformer.ofAll(client, kind, parser, events::add);
        KindInformer before = informers.put(kind.kind(), informer);
        if (before != null) {
            unsynced.remove(before);
            before.close();
        }
        unsynced.add(informer);
        informer.start();
    }

    private void watchSecrets(Set<ResourceKey> wanted) {
        for (ResourceKey key : Set.copyOf(secrets.keySet())) {
            if (!wanted.contains(key)) {
                KindInformer gone = secrets.remove(key);
                if (gone != null) {
                    unsyncedSecrets.remove(gone);
                    gone.close();
                }
                state.delete(key);
            }
        }
        for (ResourceKey key : wanted) {
            if (!secrets.containsKey(key)) {
                KindInformer informer = KindInformer.ofOne(client, key, parser, events::add);
                secrets.put(key, informer);
                unsyncedSecrets.add(informer);
                informer.start();
            }
        }
    }

    /** Takes an event and those that come with it. */
    private void take(ClusterEvent event) throws InterruptedException {
        long began = System.nanoTime();
        ClusterEvent next = event;
        while (next != null && !closed) {
            apply(next);
            boolean longer = System.nanoTime() - began < LONGEST_LINGER.toNanos();
            next = longer ? events.poll(LINGER.toMillis(), TimeUnit.MILLISECONDS) : null;
        }
    }

    private void apply(ClusterEvent event) {
        switch (event) {
            case ClusterEvent.Written(var informer, var key, var parsed) -> {
                if (isCurrent(informer, key)) {
                    state.write(informer, key, parsed);
                }
            }
            case ClusterEvent.Deleted(var informer, var key) -> {
                if (isCurrent(informer, key)) {
                    state.delete(key);
                }
            }
            case ClusterEvent.Synced(var informer) -> {
                unsynced.remove(informer);
                unsyncedSecrets.remove(informer);
                if (informer.equals(informers.get(informer.kind().kind()))) {
                    // What another version's informer told of and this one did not is gone.
                    state.retain(informer.kind().kind(), Optional.of(informer));
                }
            }
            case ClusterEvent.Defined(var definition, var kind) -> define(definition, kind);
            case ClusterEvent.MeshConfigured(var parsed) -> state.configure(parsed);
            case ClusterEvent.MeshUnconfigured() -> state.unconfigure();
            case ClusterEvent.DefinitionsSynced synced -> unsynced.remove(synced);
            case ClusterEvent.MeshConfigSynced synced -> unsynced.remove(synced);
        }
    }

    private boolean isCurrent(KindInformer informer, ResourceKey key) {
        return informer.equals(key.kind() == ResourceKind.SECRET ? secrets.get(key) : informers.get(key.kind()));
    }

    private void define(String definition, Optional<WatchedKind> kind) {
        WatchedKind before =
                kind.isPresent() ? definitions.put(definition, kind.get()) : definitions.remove(definition);
        if (kind.isPresent() && !kind.get().equals(before)) {
            LOG.info("reads kind={} version={}", kind.get().plural(), kind.get().version());
            watch(kind.get());
        } else if (kind.isEmpty() && before != null) {
            LOG.info("reads no longer, its definition is gone kind={}", before.plural());
            KindInformer gone = informers.remove(before.kind());
            if (gone != null) {
                unsynced.remove(gone);
                gone.close();
            }
            state.retain(before.kind(), Optional.empty());
        }
    }

    private Duration report(Duration waited, Duration reported) {
        if (waited.minus(reported).compareTo(REPORT) < 0) {
            return reported;
        }
        LOG.info("waits for the API server seconds={} kinds={}", waited.toSeconds(), unsynced);
        return waited;
    }

    private void deliver() {
        SourceState now = state.take();
        try {
            listener.accept(now);
        } catch (RuntimeException e) {
            if (!first.isDone()) {
                throw e;
            }
            LOG.error("a state was not taken", e);
        }
        if (first.complete(null)) {
            LOG.info(
                    "read the API server resources={} problems={}",
                    now.resources().size(),
                    now.problems().size());
        }
    }

    private void stopWatching() {
        informers.values().forEach(KindInformer::close);
        secrets.values().forEach(KindInformer::close);
        if (definitionInformer != null) {
            definitionInformer.stop();
        }
        if (meshConfigInformer != null) {
            meshConfigInformer.stop();
        }
    }

    @Override
    public void close() {
        closed = true;
        first.completeExceptionally(new IllegalStateException("closed"));
        thread.interrupt();
        if (!Thread.currentThread().equals(thread)) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
