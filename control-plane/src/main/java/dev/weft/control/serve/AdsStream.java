package dev.weft.control.serve;

import com.google.common.collect.ImmutableList;
import dev.weft.control.cache.EncodedResource;
import dev.weft.control.cache.ResourceSet;
import dev.weft.control.cache.ResourceSnapshot;
import dev.weft.control.cache.ResourceType;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.serve.AdsRequest.Change;
import dev.weft.control.serve.AdsRequest.Names;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One ADS stream as a state machine: requests and snapshots go in, {@link #next} says what to send. Both variants of the
 * protocol live here, since they differ only in how a subscription is written and in what an absence means.
 *
 * <p>Stands between {@link AdsSession}, which does the I/O, and the cache, which makes the snapshots. No I/O, no thread of its
 * own: confined to whoever holds the session's lock.
 *
 * <p>Why it computes what to send only when the transport can take it: a slow client then meets the newest snapshot,
 * however many there were in between, and nothing queues up for it.
 *
 * <p>The surprising rule is the order, make before break. Routes and listeners wait until the clusters that they may refer to are
 * warm at the client, that is until it has answered the endpoints that go with them; removed clusters stay until the client
 * has taken the routes that no longer name them. A client that never answers is waited for only so long.
 */
final class AdsStream {

    /**
     * Keeps a response well below the 4 MiB at which gRPC clients refuse a message, and small against the memory of the control plane: one waits in
     * each connection when all proxies come at once.
     */
    static final int MAX_RESPONSE_BYTES = 1 << 18;

    /** How long a client may take to warm clusters before it gets new routes all the same. */
    static final Duration PATIENCE = Duration.ofSeconds(5);

    /** The two variants of the protocol. */
    enum Variant {
        DELTA,
        STATE_OF_THE_WORLD
    }

    private final Variant variant;
    private final LongSupplier nanoTime;
    private final Map<ResourceType, TypeState> states = new EnumMap<>(ResourceType.class);
    private final List<AdsEvent> events = new ArrayList<>();

    /** Clusters sent to a client that has not yet answered endpoints for them. */
    private final Set<String> warming = new HashSet<>();

    private @Nullable ResourceSnapshot snapshot;
    private long warmingUntil;
    private boolean removalHeld;
    private long removalHeldUntil;
    private long nonces;

    AdsStream(Variant variant, ClientNode.UserAgent agent, LongSupplier nanoTime) {
        this.variant = variant;
        this.nanoTime = nanoTime;
        this.warmingUntil = nanoTime.getAsLong();
        for (ResourceType type : ResourceType.values()) {
            // Envoy says which endpoints it has, but not whether their cluster still warms; then it waits for them to
            // come again.
            boolean versionsCount = type != ResourceType.ENDPOINT || !agent.isEnvoy();
            states.put(type, new TypeState(type, versionsCount));
        }
    }

    /** Takes what the client is to have from now on. */
    void onSnapshot(ResourceSnapshot fresh) {
        ResourceSnapshot old = snapshot;
        snapshot = fresh;
        warming.removeIf(name -> !fresh.of(ResourceType.ENDPOINT).contains(name));
        for (TypeState state : states.values()) {
            // An endpoint change does not even look at the other types.
            if (state.subscribed && (old == null || !sameVersion(old, fresh, state.type))) {
                state.dirty = true;
            }
        }
    }

    private static boolean sameVersion(ResourceSnapshot one, ResourceSnapshot other, ResourceType type) {
        return one.of(type).version().equals(other.of(type).version());
    }

    /** Takes a request of the client; returns what others want to know of it. */
    ImmutableList<AdsEvent> onRequest(AdsRequest request) {
        Optional<ResourceType> type = ResourceType.ofUrl(request.typeUrl());
        if (type.isEmpty()) {
            return ImmutableList.of(new AdsEvent.Unserved(request.typeUrl()));
        }
        TypeState state = state(type.get());
        boolean current = request.nonce().isEmpty() || !state.hasSent() || onAnswer(state, request);
        switch (request.subscription()) {
            // What a delta request changes holds even if the rest of it is stale; a full list of names does not.
            case Change change -> state.change(change, target(state.type));
            case Names wanted -> {
                if (current) {
                    state.names(wanted.names(), target(state.type));
                }
            }
        }
        return drainEvents();
    }

    /** Takes the answer to a response; says whether it is the newest one. */
    private boolean onAnswer(TypeState state, AdsRequest request) {
        List<String> names = state.answered(request.nonce());
        if (names == null) {
            // A second request for the newest response only changes the subscription.
            if (!state.isNewest(request.nonce())) {
                events.add(new AdsEvent.StaleNonce(state.type));
                return false;
            }
            return true;
        }
        String version = state.versionOf(request.nonce());
        if (request.error().isPresent()) {
            state.rejected(names);
            String message = request.error().get();
            // Longest name first: "a" is part of every message that speaks of "a.b".
            Optional<String> culprit =
                    names.stream().filter(message::contains).max((a, b) -> Integer.compare(a.length(), b.length()));
            events.add(new AdsEvent.Rejected(state.type, version, message, culprit));
        } else {
            state.accepted();
            events.add(new AdsEvent.Acked(state.type, version));
        }
        if (state.type == ResourceType.ENDPOINT) {
            names.forEach(warming::remove);
        }
        return state.isNewest(request.nonce());
    }

    /** What to send next, if anything; it counts as sent. Call it again until it returns nothing or the transport is full. */
    Optional<Push> next() {
        if (snapshot == null) {
            return Optional.empty();
        }
        for (TypeState state : states.values()) {
            if (state.dirty && !waitsForClusters(state)) {
                Optional<Push> push = diff(state, Removals.HOLD);
                if (push.isPresent()) {
                    return push;
                }
                state.dirty = false;
                state.inLine(target(state.type));
                if (!state.isUnanswered() && !state.rejected) {
                    events.add(
                            new AdsEvent.InSync(state.type, target(state.type).version()));
                }
            }
        }
        if (removalHeld && !mustHoldRemovals()) {
            for (ResourceType type : List.of(ResourceType.CLUSTER, ResourceType.ENDPOINT)) {
                Optional<Push> push = diff(state(type), Removals.SEND);
                if (push.isPresent()) {
                    return push;
                }
            }
            removalHeld = false;
        }
        return Optional.empty();
    }

    /** What {@link #next} noticed. */
    ImmutableList<AdsEvent> drainEvents() {
        ImmutableList<AdsEvent> drained = ImmutableList.copyOf(events);
        events.clear();
        return drained;
    }

    /** Nanoseconds until {@link #next} may have something that no event will announce. */
    OptionalLong wakeAfter() {
        long now = nanoTime.getAsLong();
        OptionalLong warm = warming.isEmpty() || warmingUntil - now <= 0
                ? OptionalLong.empty()
                : OptionalLong.of(warmingUntil - now);
        OptionalLong removal = !removalHeld || removalHeldUntil - now <= 0
                ? OptionalLong.empty()
                : OptionalLong.of(removalHeldUntil - now);
        if (warm.isEmpty()) {
            return removal;
        }
        return removal.isEmpty() ? warm : OptionalLong.of(Math.min(warm.getAsLong(), removal.getAsLong()));
    }

    /** Whether listeners or routes must wait, so that they do not name a cluster that the client cannot use yet. */
    private boolean waitsForClusters(TypeState state) {
        boolean refers = state.type == ResourceType.LISTENER || state.type == ResourceType.ROUTE;
        // A client without any of the type has no traffic to break, and starts sooner.
        if (!refers || !state.inUse || nanoTime.getAsLong() - warmingUntil >= 0) {
            return false;
        }
        return !warming.isEmpty() || state(ResourceType.CLUSTER).isUnanswered();
    }

    private boolean mustHoldRemovals() {
        TypeState listeners = state(ResourceType.LISTENER);
        TypeState routes = state(ResourceType.ROUTE);
        // The rejected version is not in force: what is refers to clusters of before.
        if (listeners.rejected || routes.rejected) {
            return true;
        }
        if (nanoTime.getAsLong() - removalHeldUntil >= 0) {
            return false;
        }
        return listeners.dirty
                || routes.dirty
                || listeners.isUnanswered()
                || routes.isUnanswered()
                || (routes.subscribed && !routes.isComplete(target(ResourceType.ROUTE)));
    }

    private enum Removals {
        /** Keep them for a later response. */
        HOLD,
        SEND
    }

    private Optional<Push> diff(TypeState state, Removals removals) {
        boolean brokenLast = state.type == ResourceType.CLUSTER || state.type == ResourceType.ENDPOINT;
        boolean full = variant == Variant.STATE_OF_THE_WORLD && state.type.naming() == ResourceType.Naming.WILDCARD;
        boolean hold = brokenLast && removals == Removals.HOLD;
        return full ? fullDiff(state, hold) : partialDiff(state, hold);
    }

    private Optional<Push> partialDiff(TypeState state, boolean hold) {
        ResourceSet target = target(state.type);
        Optional<Set<String>> candidates = state.candidates(target);
        List<EncodedResource> changed = new ArrayList<>();
        long bytes = 0;
        boolean more = false;
        for (EncodedResource resource : state.wanted(target, candidates)) {
            if (!resource.version().equals(state.known.get(resource.name()))) {
                if (bytes + resource.wireSize() > MAX_RESPONSE_BYTES && !changed.isEmpty()) {
                    more = true;
                    break;
                }
                changed.add(resource);
                bytes += resource.wireSize();
            }
        }
        List<String> removed = more ? List.of() : removed(state, target, candidates, hold);
        if (changed.isEmpty() && removed.isEmpty() && !state.answerDue) {
            return Optional.empty();
        }
        changed.forEach(state::tell);
        return Optional.of(sent(state, changed, removed));
    }

    /** What is gone; only delta can say so. */
    private List<String> removed(TypeState state, ResourceSet target, Optional<Set<String>> candidates, boolean hold) {
        List<String> removed = new ArrayList<>();
        List<String> gone = candidates.orElse(state.known.keySet()).stream()
                .filter(name -> state.known.containsKey(name) && !target.contains(name))
                .sorted()
                .toList();
        state.held.clear();
        if (variant == Variant.STATE_OF_THE_WORLD) {
            gone.forEach(state::drop);
            return removed;
        }
        if (hold && !gone.isEmpty()) {
            state.held.addAll(gone);
            holdRemovals();
        } else {
            gone.forEach(state::drop);
            removed.addAll(gone);
        }
        for (String name : candidates.orElse(state.names)) {
            boolean absent = state.names.contains(name) && !target.contains(name) && !state.known.containsKey(name);
            if (absent && state.toldAbsent.add(name) && !removed.contains(name)) {
                removed.add(name);
            }
        }
        return removed;
    }

    /** State of the world for listeners and clusters: all of them in each response, since what is missing is deleted. */
    private Optional<Push> fullDiff(TypeState state, boolean hold) {
        ResourceSet target = target(state.type);
        Map<String, EncodedResource> all = new TreeMap<>();
        state.wanted(target, Optional.empty()).forEach(resource -> all.put(resource.name(), resource));
        boolean gone = !all.keySet().containsAll(state.known.keySet());
        boolean changed = gone
                || all.values().stream()
                        .anyMatch(resource -> !resource.version().equals(state.known.get(resource.name())));
        if (gone && hold) {
            holdRemovals();
            state.bodies.values().stream()
                    .filter(old -> state.known.containsKey(old.name()) && !target.contains(old.name()))
                    .forEach(old -> all.put(old.name(), old));
            changed = all.values().stream()
                    .anyMatch(resource -> !resource.version().equals(state.known.get(resource.name())));
        }
        if (!changed && !state.answerDue) {
            return Optional.empty();
        }
        List<EncodedResource> fresh = all.values().stream()
                .filter(resource -> !resource.version().equals(state.known.get(resource.name())))
                .toList();
        state.known.clear();
        state.bodies.clear();
        for (EncodedResource resource : all.values()) {
            state.known.put(resource.name(), resource.version());
            state.bodies.put(resource.name(), resource);
        }
        if (state.type == ResourceType.CLUSTER) {
            expectWarming(fresh);
        }
        return Optional.of(record(state, List.copyOf(all.values()), List.of()));
    }

    private Push sent(TypeState state, List<EncodedResource> resources, List<String> removed) {
        if (state.type == ResourceType.CLUSTER) {
            expectWarming(resources);
        }
        return record(state, resources, removed);
    }

    private Push record(TypeState state, List<EncodedResource> resources, List<String> removed) {
        nonces++;
        Push push = new Push(
                state.type,
                Long.toString(nonces),
                target(state.type).version(),
                ImmutableList.copyOf(resources),
                ImmutableList.copyOf(removed));
        state.sent(push);
        return push;
    }

    /**
     * A client warms a new or changed cluster until it gets endpoints that arrive after it, even if they are those it has: so they
     * are sent again.
     */
    private void expectWarming(List<EncodedResource> clusters) {
        TypeState endpoints = state(ResourceType.ENDPOINT);
        ResourceSet target = target(ResourceType.ENDPOINT);
        for (EncodedResource cluster : clusters) {
            if (target.contains(cluster.name())) {
                endpoints.forget(cluster.name());
                endpoints.dirty = endpoints.subscribed;
                warming.add(cluster.name());
            }
        }
        warmingUntil = nanoTime.getAsLong() + PATIENCE.toNanos();
    }

    private void holdRemovals() {
        if (!removalHeld) {
            removalHeld = true;
            removalHeldUntil = nanoTime.getAsLong() + PATIENCE.toNanos();
        }
    }

    private ResourceSet target(ResourceType type) {
        return snapshot == null ? ResourceSet.EMPTY : snapshot.of(type);
    }

    private TypeState state(ResourceType type) {
        TypeState state = states.get(type);
        if (state == null) {
            throw new AssertionError("no state for " + type);
        }
        return state;
    }
}
