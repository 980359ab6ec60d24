package dev.weft.control.serve;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.control.cache.EncodedResource;
import dev.weft.control.cache.ResourceSnapshot;
import dev.weft.control.cache.ResourceType;
import dev.weft.control.cache.SnapshotSource;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.registry.ProxyFacts;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * A proxy at the other end of an {@link AdsStream}: keeps what it is sent, asks by name for what that refers to, and answers when it is told to. It
 * may be slow in everything and connect again, with what it has or with nothing. A picky one takes some resources for wrong; it keeps what it had in
 * their place.
 */
final class PlayedProxy {
    private static final Set<ResourceType> REFUSABLE =
            EnumSet.of(ResourceType.CLUSTER, ResourceType.LISTENER, ResourceType.ROUTE);

    final ClientNode node;

    /** Of which it asks for everything. */
    private final Set<ResourceType> whole;

    private final AdsStream.Variant variant;
    private final LongSupplier nanoTime;
    private final boolean picky;
    private final Map<ResourceType, Map<String, EncodedResource>> held = new EnumMap<>(ResourceType.class);
    private final Map<ResourceType, Set<String>> asked = new EnumMap<>(ResourceType.class);

    /** Clusters that came after their endpoints: of no use until these come again. */
    private final Set<String> cold = new HashSet<>();

    /** The nonces that came last. */
    private final Map<ResourceType, String> newest = new EnumMap<>(ResourceType.class);

    private final Deque<Push> arriving = new ArrayDeque<>();
    private AdsStream stream;

    /** The mesh has changed since it was told last. */
    boolean due;

    PlayedProxy(ClientNode node, AdsStream.Variant variant, LongSupplier nanoTime, boolean picky) {
        this.node = node;
        this.variant = variant;
        this.nanoTime = nanoTime;
        this.picky = picky;
        this.whole = node.dns() == ClientNode.DnsCapture.ON
                ? EnumSet.of(ResourceType.CLUSTER, ResourceType.LISTENER, ResourceType.NAME_TABLE)
                : EnumSet.of(ResourceType.CLUSTER, ResourceType.LISTENER);
        this.stream = new AdsStream(variant, node.userAgent(), nanoTime);
        for (ResourceType type : ResourceType.values()) {
            held.put(type, new TreeMap<>());
            asked.put(type, new LinkedHashSet<>());
        }
    }

    private boolean gateway() {
        return node.facts().role() == ProxyFacts.Role.GATEWAY;
    }

    /** Opens a stream, with what it has from the one before where the protocol can say so. */
    void connect(boolean empty) {
        stream = new AdsStream(variant, node.userAgent(), nanoTime);
        arriving.clear();
        newest.clear();
        due = true;
        if (empty) {
            held.values().forEach(Map::clear);
            asked.values().forEach(Set::clear);
            cold.clear();
        }
        if (!node.userAgent().isEnvoy()) {
            // Ours takes a cluster for warm if it has endpoints, whenever they came.
            cold.removeAll(of(ResourceType.ENDPOINT).keySet());
        }
        if (gateway()) {
            asked(ResourceType.SECRET).add(RandomMesh.SECRET);
        }
        whole.forEach(
                type -> request(type, "", Optional.empty(), ImmutableList.of(), ImmutableList.of(), versions(type)));
        asked.forEach((type, names) -> {
            if (!names.isEmpty()) {
                request(type, "", Optional.empty(), ImmutableList.copyOf(names), ImmutableList.of(), versions(type));
            }
        });
    }

    private ImmutableMap<String, String> versions(ResourceType type) {
        ImmutableMap.Builder<String, String> versions = ImmutableMap.builder();
        of(type).forEach((name, resource) -> versions.put(name, resource.version()));
        return versions.buildOrThrow();
    }

    private Map<String, EncodedResource> of(ResourceType type) {
        return held.getOrDefault(type, Map.of());
    }

    private Set<String> asked(ResourceType type) {
        return asked.getOrDefault(type, Set.of());
    }

    void hear(SnapshotSource source) {
        due = false;
        stream.onSnapshot(source.snapshot(node));
    }

    /** Lets the transport take one message; says whether there was one. */
    boolean take() {
        Optional<Push> push = stream.next();
        stream.drainEvents();
        push.ifPresent(arriving::add);
        return push.isPresent();
    }

    /** Applies and answers the oldest message that it has not; says whether there was one. */
    boolean answer() throws InvalidProtocolBufferException {
        Push push = arriving.poll();
        if (push == null) {
            return false;
        }
        Map<String, EncodedResource> mine = of(push.type());
        if (variant == AdsStream.Variant.STATE_OF_THE_WORLD && whole.contains(push.type())) {
            mine.keySet()
                    .retainAll(
                            push.resources().stream().map(EncodedResource::name).toList());
        }
        List<String> wrong = push.resources().stream()
                .filter(this::refuses)
                .map(EncodedResource::name)
                .toList();
        for (EncodedResource resource : push.resources()) {
            if (wrong.contains(resource.name())) {
                continue;
            }
            EncodedResource last = mine.put(resource.name(), resource);
            if (push.type() == ResourceType.CLUSTER && !hasEndpointsApart(resource)) {
                cold.remove(resource.name());
            } else if (push.type() == ResourceType.CLUSTER && !resource.equals(last)) {
                cold.add(resource.name());
            }
            if (push.type() == ResourceType.ENDPOINT) {
                cold.remove(resource.name());
            }
        }
        push.removed().forEach(mine::remove);
        newest.put(push.type(), push.nonce());
        Optional<String> error = wrong.isEmpty() ? Optional.empty() : Optional.of(String.join(", ", wrong));
        request(push.type(), push.nonce(), error, ImmutableList.of(), ImmutableList.of(), ImmutableMap.of());
        switch (push.type()) {
            case CLUSTER -> ask(ResourceType.ENDPOINT, endpointsOfClusters());
            case LISTENER -> ask(ResourceType.ROUTE, routesOfListeners());
            default -> {}
        }
        return true;
    }

    private boolean refuses(EncodedResource resource) {
        return picky
                && REFUSABLE.contains(resource.type())
                && resource.version().hashCode() % 5 == 0;
    }

    private Set<String> endpointsOfClusters() throws InvalidProtocolBufferException {
        Set<String> names = new LinkedHashSet<>();
        for (EncodedResource resource : of(ResourceType.CLUSTER).values()) {
            if (hasEndpointsApart(resource)) {
                names.add(resource.name());
            }
        }
        return names;
    }

    private static boolean hasEndpointsApart(EncodedResource cluster) throws InvalidProtocolBufferException {
        return Cluster.parseFrom(cluster.body()).getType() == Cluster.DiscoveryType.EDS;
    }

    private Set<String> routesOfListeners() throws InvalidProtocolBufferException {
        Set<String> names = new LinkedHashSet<>();
        for (EncodedResource resource : of(ResourceType.LISTENER).values()) {
            Listener listener = Listener.parseFrom(resource.body());
            for (FilterChain chain : listener.getFilterChainsList()) {
                addRoutes(chain, names);
            }
            addRoutes(listener.getDefaultFilterChain(), names);
        }
        return names;
    }

    private static void addRoutes(FilterChain chain, Set<String> names) throws InvalidProtocolBufferException {
        for (Filter filter : chain.getFiltersList()) {
            Any config = filter.getTypedConfig();
            if (config.getTypeUrl().endsWith(".HttpConnectionManager")) {
                HttpConnectionManager manager = HttpConnectionManager.parseFrom(config.getValue());
                if (manager.hasRds()) {
                    names.add(manager.getRds().getRouteConfigName());
                }
            }
        }
    }

    private void ask(ResourceType type, Set<String> wanted) {
        Set<String> known = asked(type);
        ImmutableList<String> more =
                wanted.stream().filter(name -> !known.contains(name)).collect(ImmutableList.toImmutableList());
        ImmutableList<String> fewer =
                known.stream().filter(name -> !wanted.contains(name)).collect(ImmutableList.toImmutableList());
        if (more.isEmpty() && fewer.isEmpty()) {
            return;
        }
        known.addAll(more);
        fewer.forEach(known::remove);
        of(type).keySet().retainAll(known);
        // A whole list of names says on what it rests, a change of it holds in any case.
        String nonce = variant == AdsStream.Variant.DELTA ? "" : newest.getOrDefault(type, "");
        request(type, nonce, Optional.empty(), more, fewer, ImmutableMap.of());
    }

    private void request(
            ResourceType type,
            String nonce,
            Optional<String> error,
            ImmutableList<String> more,
            ImmutableList<String> fewer,
            ImmutableMap<String, String> versions) {
        AdsRequest.Subscription subscription = variant == AdsStream.Variant.DELTA
                ? new AdsRequest.Change(more, fewer, versions)
                : new AdsRequest.Names(ImmutableList.copyOf(asked(type)));
        stream.onRequest(new AdsRequest(type.url(), nonce, error, subscription));
    }

    /** How what it has differs from what a proxy that connects now would get; empty where it does not. */
    String difference(ResourceSnapshot fresh) {
        StringBuilder text = new StringBuilder();
        boolean keepsOld = fresh.of(ResourceType.LISTENER).byName().values().stream()
                        .anyMatch(this::refuses)
                || fresh.of(ResourceType.ROUTE).byName().values().stream().anyMatch(this::refuses);
        for (ResourceType type : ResourceType.values()) {
            Map<String, EncodedResource> wanted = new TreeMap<>(fresh.of(type).byName());
            if (!whole.contains(type)) {
                wanted.keySet().retainAll(asked(type));
            }
            Map<String, EncodedResource> mine = new TreeMap<>(of(type));
            Set<String> refused = wanted.values().stream()
                    .filter(this::refuses)
                    .map(EncodedResource::name)
                    .collect(Collectors.toSet());
            wanted.keySet().removeAll(refused);
            mine.keySet().removeAll(refused);
            if (keepsOld && (type == ResourceType.CLUSTER || type == ResourceType.ENDPOINT)) {
                // What is in force instead of what was refused may need them.
                mine.keySet().retainAll(wanted.keySet());
            }
            if (variant == AdsStream.Variant.STATE_OF_THE_WORLD && !whole.contains(type)) {
                // An absence is not said.
                mine.keySet().retainAll(wanted.keySet());
            }
            if (!mine.equals(wanted)) {
                text.append(type.shortName())
                        .append(" has ")
                        .append(mine.values())
                        .append("\n  is to have ")
                        .append(wanted.values())
                        .append('\n');
            }
        }
        cold.retainAll(fresh.of(ResourceType.ENDPOINT).byName().keySet());
        if (!cold.isEmpty()) {
            text.append("waits for endpoints of ").append(cold).append('\n');
        }
        return text.toString();
    }
}
