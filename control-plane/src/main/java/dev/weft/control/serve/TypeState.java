package dev.weft.control.serve;

import com.google.common.collect.Sets;
import dev.weft.control.cache.EncodedResource;
import dev.weft.control.cache.ResourceSet;
import dev.weft.control.cache.ResourceType;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one stream knows about one type: the subscription, what the client has or will have once what is in flight has
 * arrived, and what it has not answered yet. Confined to its {@link AdsStream}, which holds the rules.
 */
final class TypeState {

    static final String WILDCARD = "*";

    final ResourceType type;
    final Set<String> names = new LinkedHashSet<>();
    final Map<String, String> known = new HashMap<>();

    /** Names the client asked for and was told do not exist. */
    final Set<String> toldAbsent = new HashSet<>();

    /** What was last sent, where a full response may have to repeat it while its removal is held back. */
    final Map<String, EncodedResource> bodies = new HashMap<>();

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

    TypeState(ResourceType type) {
        this.type = type;
    }

    /** Delta: takes a changed subscription. */
    void change(AdsRequest.Change change, ResourceSet target) {
        boolean first = !subscribed;
        boolean nothingNamed = change.subscribe().isEmpty();
        subscribed = true;
        if (first) {
            wildcard = nothingNamed && type.naming() == ResourceType.Naming.WILDCARD;
            known.putAll(change.initialVersions());
            inUse = !change.initialVersions().isEmpty();
        }
        for (String name : change.subscribe()) {
            if (name.equals(WILDCARD)) {
                wildcard = true;
            } else {
                names.add(name);
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
    void names(List<String> wanted) {
        boolean first = !subscribed;
        subscribed = true;
        // Only a client that never named anything means everything by naming nothing.
        boolean legacyWildcard = wanted.isEmpty() && !everNamed && type.naming() == ResourceType.Naming.WILDCARD;
        boolean newWildcard = legacyWildcard || wanted.contains(WILDCARD);
        Set<String> newNames = new LinkedHashSet<>(wanted);
        newNames.remove(WILDCARD);
        everNamed |= !wanted.isEmpty();
        boolean changed = newWildcard != wildcard || !newNames.equals(names);
        newNames.stream().filter(name -> !names.contains(name)).forEach(this::forget);
        if (!newWildcard) {
            forgive(Sets.difference(names, newNames).immutableCopy());
        }
        wildcard = newWildcard;
        names.clear();
        names.addAll(newNames);
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

    void forget(String name) {
        known.remove(name);
        toldAbsent.remove(name);
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
