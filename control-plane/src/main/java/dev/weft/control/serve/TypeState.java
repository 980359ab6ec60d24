package dev.weft.control.serve;

import com.google.common.collect.Sets;
import dev.weft.control.cache.EncodedResource;
import dev.weft.control.cache.ResourceSet;
import dev.weft.control.cache.ResourceType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What one stream knows about one type: the subscription, what the client has or will have once what is in flight has
 * arrived, and what it has not answered yet. Confined to its {@link AdsStream}, which holds the rules.
 */
final class TypeState {

    static final String WILDCARD = "*";

    final ResourceType type;

    /** Whether a client that has a version has no need of it. */
    private final boolean versionsCount;

    final Set<String> names = new LinkedHashSet<>();
    final Map<String, String> known = new HashMap<>();

    /** Names the client asked for and was told do not exist. */
    final Set<String> toldAbsent = new HashSet<>();

    /** What was last sent, where a full response may have to repeat it while its removal is held back. */
    final Map<String, EncodedResource> bodies = new HashMap<>();

    /** Removals that are held back: they are looked for again, whatever else changes. */
    final Set<String> held = new HashSet<>();

    /** What the client has or will have is in line with this, but for {@link #touched}; null where all must be looked at. */
    private @Nullable ResourceSet inLine;

    /** Names of which something was changed since, on either side. */
    private Set<String> touched = new HashSet<>();

    /** The client came with what it has, before anything was known of it here. */
    private boolean foreign;

    private final Map<String, List<String>> unanswered = new LinkedHashMap<>();
    private final Map<String, String> versions = new HashMap<>();
    private @Nullable String lastNonce;

    boolean subscribed;
    boolean wildcard;
    boolean everNamed;

    /** Something may have to be sent. */
    boolean dirty;

    /** A response is due even if it holds nothing: the client waits for one before it goes on. */
    boolean answerDue;

    boolean rejected;

    /** What was in the response that was rejected: one of them is at fault. */
    private final Set<String> suspects = new HashSet<>();

    /** The client has, or had on an earlier stream, something of this type, so traffic may depend on it. */
    boolean inUse;

    TypeState(ResourceType type, boolean versionsCount) {
        this.type = type;
        this.versionsCount = versionsCount;
    }

    /** Delta: takes a changed subscription. */
    void change(AdsRequest.Change change, ResourceSet target) {
        boolean first = !subscribed;
        boolean nothingNamed = change.subscribe().isEmpty();
        change.subscribe().forEach(this::touch);
        change.unsubscribe().forEach(this::touch);
        subscribed = true;
        if (first) {
            wildcard = nothingNamed && type.naming() == ResourceType.Naming.WILDCARD;
            change.initialVersions().forEach((name, version) -> known.put(name, versionsCount ? version : ""));
            foreign = !change.initialVersions().isEmpty();
            inUse = !change.initialVersions().isEmpty();
        }
        for (String name : change.subscribe()) {
            if (name.equals(WILDCARD)) {
                wildcard = true;
                inLine = null;
            } else {
                names.add(ours(name, target));
                // The client may have dropped it since, so it is sent again, unless it has just said that it has it.
                if (!first) {
                    forget(name);
                }
            }
        }
        change.unsubscribe().forEach(name -> unsubscribe(name, target));
        if (first) {
            known.keySet().removeIf(name -> !wants(name));
            answerDue = wildcard && known.isEmpty();
        }
        if (first || !nothingNamed || !change.unsubscribe().isEmpty()) {
            dirty = true;
        }
    }

    /** The resource's own name in the place of the request's copy: thousands of names for each of thousands of streams. */
    private static String ours(String name, ResourceSet target) {
        EncodedResource resource = target.find(name);
        return resource == null ? name : resource.name();
    }

    private void unsubscribe(String name, ResourceSet target) {
        if (name.equals(WILDCARD)) {
            wildcard = false;
            known.keySet().retainAll(names);
            return;
        }
        names.remove(name);
        forgive(Set.of(name));
        // Under a wildcard the client cannot know whether it keeps the resource: it is sent again, or said to be gone.
        if (wildcard && !target.contains(name)) {
            known.putIfAbsent(name, "");
        } else {
            known.remove(name);
        }
        toldAbsent.remove(name);
    }

    /** State of the world: takes the whole subscription. */
    void names(List<String> wanted, ResourceSet target) {
        boolean first = !subscribed;
        subscribed = true;
        // Only a client that never named anything means everything by naming nothing.
        boolean legacyWildcard = wanted.isEmpty() && !everNamed && type.naming() == ResourceType.Naming.WILDCARD;
        boolean newWildcard = legacyWildcard || wanted.contains(WILDCARD);
        Set<String> newNames = new LinkedHashSet<>(wanted);
        newNames.remove(WILDCARD);
        everNamed |= !wanted.isEmpty();
        boolean changed = newWildcard != wildcard || !newNames.equals(names);
        if (changed) {
            inLine = null;
        }
        newNames.stream().filter(name -> !names.contains(name)).forEach(this::forget);
        if (!newWildcard) {
            forgive(Sets.difference(names, newNames).immutableCopy());
        }
        wildcard = newWildcard;
        names.clear();
        newNames.forEach(name -> names.add(ours(name, target)));
        known.keySet().removeIf(name -> !wants(name));
        if (first || changed) {
            dirty = true;
            answerDue = type.naming() == ResourceType.Naming.WILDCARD;
        }
    }

    void rejected(List<String> named) {
        rejected = true;
        suspects.clear();
        suspects.addAll(named);
    }

    void accepted() {
        rejected = false;
        suspects.clear();
    }

    /** What the client no longer asks for cannot be wrong any more. */
    private void forgive(Set<String> unwanted) {
        if (suspects.removeAll(unwanted) && suspects.isEmpty()) {
            rejected = false;
        }
    }

    boolean wants(String name) {
        return wildcard || names.contains(name);
    }

    /** What the client is to have of {@code target}, or of the candidates in it. */
    Iterable<EncodedResource> wanted(ResourceSet target, Optional<Set<String>> candidates) {
        if (wildcard && candidates.isEmpty()) {
            return target.resources();
        }
        List<EncodedResource> wanted = new ArrayList<>();
        for (String name : candidates.orElse(names)) {
            EncodedResource resource = wants(name) ? target.find(name) : null;
            if (resource != null) {
                wanted.add(resource);
            }
        }
        return wanted;
    }

    /** The client will have a resource, once what is sent now has arrived. */
    void tell(EncodedResource resource) {
        touch(resource.name());
        known.put(resource.name(), resource.version());
        toldAbsent.remove(resource.name());
    }

    /** The client will no longer have a resource. */
    void drop(String name) {
        touch(name);
        known.remove(name);
    }

    /** What is sent on the way to one set may be no part of the way to the next, which may be the one before. */
    private void touch(String name) {
        if (inLine != null) {
            touched.add(name);
        }
    }

    void forget(String name) {
        touch(name);
        known.remove(name);
        toldAbsent.remove(name);
    }

    /**
     * The names in which the client may lack something of {@code target}; empty where that may be any. Why: an endpoint that changes would
     * otherwise cost every stream a walk over all that it has.
     */
    Optional<Set<String>> candidates(ResourceSet target) {
        if (inLine == null) {
            return Optional.empty();
        }
        return target.changedSince(inLine).map(changed -> {
            Set<String> names = new TreeSet<>(changed);
            names.addAll(touched);
            names.addAll(held);
            return names;
        });
    }

    /** The client has or will have all that it wants of {@code target}, but for what is {@link #held}. */
    void inLine(ResourceSet target) {
        inLine = target;
        // Not cleared: what has held thousands of names keeps the room for them.
        touched = new HashSet<>();
        if (foreign) {
            foreign = false;
            Map<String, String> versions = Map.copyOf(known);
            known.clear();
            versions.forEach((name, version) -> {
                EncodedResource resource = target.find(name);
                known.put(
                        ours(name, target),
                        resource != null && resource.version().equals(version) ? resource.version() : version);
            });
            Set<String> named = Set.copyOf(names);
            names.clear();
            named.forEach(name -> names.add(ours(name, target)));
        }
    }

    void sent(Push push) {
        lastNonce = push.nonce();
        unanswered.put(
                push.nonce(),
                push.resources().stream().map(EncodedResource::name).toList());
        versions.put(push.nonce(), push.version());
        inUse = true;
        answerDue = false;
    }

    /** The names in the response that {@code nonce} belongs to, which is answered now; null if it is not open. */
    @Nullable
    List<String> answered(String nonce) {
        return unanswered.remove(nonce);
    }

    String versionOf(String nonce) {
        String version = versions.remove(nonce);
        return version == null ? "" : version;
    }

    boolean isNewest(String nonce) {
        return nonce.equals(lastNonce);
    }

    boolean hasSent() {
        return lastNonce != null;
    }

    boolean isUnanswered() {
        return !unanswered.isEmpty();
    }

    /** Whether the client has what it wants of {@code target}. */
    boolean isComplete(ResourceSet target) {
        return target.byName().keySet().stream().allMatch(known::containsKey);
    }
}
