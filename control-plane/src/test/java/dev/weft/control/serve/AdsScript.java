package dev.weft.control.serve;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.protobuf.ByteString;
import dev.weft.control.cache.EncodedResource;
import dev.weft.control.cache.ResourceSet;
import dev.weft.control.cache.ResourceSnapshot;
import dev.weft.control.cache.ResourceType;
import dev.weft.control.registry.ClientNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Plays a client against an {@link AdsStream} and reads what it sends as short words: {@code cds +a@1 -b}. */
final class AdsScript {
    private long now = -5_000_000_000L;
    private final AdsStream.Variant variant;
    final AdsStream stream;
    private ResourceSnapshot snapshot = ResourceSnapshot.EMPTY;
    private final List<Push> pushes = new ArrayList<>();
    final List<AdsEvent> events = new ArrayList<>();

    AdsScript(AdsStream.Variant variant) {
        this(variant, "weft");
    }

    AdsScript(AdsStream.Variant variant, String agent) {
        this.variant = variant;
        this.stream = new AdsStream(variant, new ClientNode.UserAgent(agent, "1"), () -> now);
    }

    /** Sets what the client is to have of one type; each entry is {@code name@version}. */
    AdsScript target(ResourceType type, String... resources) {
        List<EncodedResource> set = new ArrayList<>();
        for (String resource : resources) {
            int at = resource.indexOf('@');
            set.add(resource(type, resource.substring(0, at), resource.substring(at + 1), 1));
        }
        snapshot = snapshot.with(type, ResourceSet.of(set));
        return this;
    }

    AdsScript large(ResourceType type, int count, int bytes) {
        List<EncodedResource> set = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            set.add(resource(type, "r" + i, "1", bytes));
        }
        snapshot = snapshot.with(type, ResourceSet.of(set));
        return this;
    }

    private static EncodedResource resource(ResourceType type, String name, String version, int bytes) {
        return new EncodedResource(type, name, version, ByteString.copyFrom(new byte[bytes]));
    }

    List<String> publish() {
        stream.onSnapshot(snapshot);
        return sent();
    }

    /** The same for a transport that takes one message and is full then. */
    List<String> publishOne() {
        stream.onSnapshot(snapshot);
        return stream.next().map(this::take).stream().toList();
    }

    ResourceSnapshot snapshot() {
        return snapshot;
    }

    /** Goes back to a snapshot of before, the very same. */
    AdsScript back(ResourceSnapshot before) {
        snapshot = before;
        return this;
    }

    List<String> subscribe(ResourceType type, String... names) {
        return variant == AdsStream.Variant.DELTA
                ? change(type, List.of(names), List.of(), Map.of())
                : request(type, "", Optional.empty(), names);
    }

    List<String> change(
            ResourceType type, List<String> subscribe, List<String> unsubscribe, Map<String, String> versions) {
        return take(new AdsRequest(type.url(), "", Optional.empty(), delta(subscribe, unsubscribe, versions)));
    }

    List<String> request(ResourceType type, String nonce, Optional<String> error, String... names) {
        return take(new AdsRequest(type.url(), nonce, error, new AdsRequest.Names(ImmutableList.copyOf(names))));
    }

    List<String> ack(String... names) {
        return answer(pushes.removeFirst(), Optional.empty(), names);
    }

    List<String> reject(String message, String... names) {
        return answer(pushes.removeFirst(), Optional.of(message), names);
    }

    /** Acknowledges whatever comes, in order, until nothing is open; returns what was sent on the way. */
    List<String> ackAll(String... names) {
        List<String> sent = new ArrayList<>();
        while (!pushes.isEmpty()) {
            sent.addAll(ack(names));
        }
        return sent;
    }

    Push oldest() {
        return pushes.removeFirst();
    }

    List<String> answer(Push push, Optional<String> error, String... names) {
        return variant == AdsStream.Variant.DELTA
                ? take(new AdsRequest(push.type().url(), push.nonce(), error, delta(List.of(), List.of(), Map.of())))
                : request(push.type(), push.nonce(), error, names);
    }

    List<String> pass(Duration time) {
        now += time.toNanos();
        return sent();
    }

    private static AdsRequest.Change delta(
            List<String> subscribe, List<String> unsubscribe, Map<String, String> versions) {
        return new AdsRequest.Change(
                ImmutableList.copyOf(subscribe), ImmutableList.copyOf(unsubscribe), ImmutableMap.copyOf(versions));
    }

    List<String> take(AdsRequest request) {
        events.addAll(stream.onRequest(request));
        return sent();
    }

    private List<String> sent() {
        List<String> sent = new ArrayList<>();
        for (Optional<Push> push = stream.next(); push.isPresent(); push = stream.next()) {
            sent.add(take(push.get()));
        }
        events.addAll(stream.drainEvents());
        return sent;
    }

    private String take(Push push) {
        pushes.add(push);
        return word(push);
    }

    private static String word(Push push) {
        StringBuilder word = new StringBuilder(push.type().shortName());
        push.resources()
                .forEach(resource ->
                        word.append(" +").append(resource.name()).append("@").append(resource.version()));
        push.removed().forEach(name -> word.append(" -").append(name));
        return word.toString();
    }
}
