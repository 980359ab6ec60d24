package dev.weft.proxy.xds;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Sets;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Incremental ADS (xDS protocol, "Incremental xDS"). A version advances per resource and only for what was accepted; on a new stream
 * the versions held are named, so that the server sends only what differs. The surprising rule: a type that is asked for by name is
 * not mentioned before there is a name, since a first request without names means everything.
 */
final class DeltaProtocol implements AdsProtocol<DeltaDiscoveryRequest, DeltaDiscoveryResponse> {
    private final Node node;
    private final Map<XdsType, TypeState> types = new EnumMap<>(XdsType.class);
    private boolean nodeSent;
    private boolean open;

    DeltaProtocol(Node node) {
        this.node = node;
        for (XdsType type : XdsType.values()) {
            types.put(type, new TypeState());
        }
    }

    @Override
    public ImmutableList<DeltaDiscoveryRequest> opened() {
        open = true;
        nodeSent = false;
        ImmutableList.Builder<DeltaDiscoveryRequest> requests = ImmutableList.builder();
        types.forEach((type, state) -> {
            state.mentioned = false;
            if (type.isAlwaysAsked() || !state.wanted.isEmpty()) {
                requests.add(first(type, state));
            }
        });
        return requests.build();
    }

    private DeltaDiscoveryRequest first(XdsType type, TypeState state) {
        state.mentioned = true;
        return request(type)
                .addAllResourceNamesSubscribe(state.wanted)
                .putAllInitialResourceVersions(state.versions)
                .build();
    }

    @Override
    public Optional<DeltaDiscoveryRequest> subscribe(XdsType type, ImmutableSet<String> names) {
        TypeState state = state(type);
        ImmutableSet<String> before = state.wanted;
        if (before.equals(names)) {
            return Optional.empty();
        }
        state.wanted = names;
        state.versions.keySet().retainAll(names);
        if (!open) {
            return Optional.empty();
        }
        if (!state.mentioned) {
            return Optional.of(first(type, state));
        }
        return Optional.of(request(type)
                .addAllResourceNamesSubscribe(Sets.difference(names, before))
                .addAllResourceNamesUnsubscribe(Sets.difference(before, names))
                .build());
    }

    @Override
    public Optional<DeltaDiscoveryRequest> received(DeltaDiscoveryResponse response, Delivery.Receiver receiver) {
        Optional<XdsType> type = XdsType.ofUrl(response.getTypeUrl());
        if (type.isEmpty()) {
            return Optional.empty();
        }
        TypeState state = state(type.get());
        Map<String, String> rejected = new LinkedHashMap<>();
        ImmutableSet<String> removed = ImmutableSet.copyOf(response.getRemovedResourcesList());
        ImmutableList.Builder<Delivery.Received> resources = ImmutableList.builder();
        Map<String, String> versions = new HashMap<>();
        for (Resource resource : response.getResourcesList()) {
            String name = resource.getName();
            if (!resource.hasResource()) {
                continue;
            }
            if (versions.put(name, resource.getVersion()) != null) {
                rejected.put(name, "stands twice in one response");
            } else if (removed.contains(name)) {
                rejected.put(name, "is both sent and removed in one response");
            } else if (!resource.getResource().getTypeUrl().equals(response.getTypeUrl())) {
                rejected.put(
                        name,
                        "has the type " + resource.getResource().getTypeUrl() + ", expected " + response.getTypeUrl());
            } else if (type.get().isWildcard() || state.wanted.contains(name)) {
                resources.add(new Delivery.Received(
                        name,
                        resource.getVersion(),
                        resource.getResource().getTypeUrl(),
                        resource.getResource().getValue()));
            }
        }
        ImmutableList<Delivery.Received> good = resources.build();
        if (rejected.isEmpty()) {
            ImmutableMap<String, String> bad = receiver.receive(new Delivery(type.get(), good, removed));
            rejected.putAll(bad);
            good.stream()
                    .filter(r -> !bad.containsKey(r.name()))
                    .forEach(r -> state.versions.put(r.name(), r.version()));
            removed.forEach(state.versions::remove);
        }
        DeltaDiscoveryRequest.Builder answer = request(type.get()).setResponseNonce(response.getNonce());
        if (!rejected.isEmpty()) {
            answer.setErrorDetail(NackText.status(rejected));
        }
        return Optional.of(answer.build());
    }

    private DeltaDiscoveryRequest.Builder request(XdsType type) {
        DeltaDiscoveryRequest.Builder request =
                DeltaDiscoveryRequest.newBuilder().setTypeUrl(type.url());
        if (!nodeSent) {
            nodeSent = true;
            request.setNode(node);
        }
        return request;
    }

    private TypeState state(XdsType type) {
        TypeState state = types.get(type);
        if (state == null) {
            throw new AssertionError("no state for " + type);
        }
        return state;
    }

    /** {@code mentioned}: whether the type was asked for on this stream. */
    private static final class TypeState {
        private ImmutableSet<String> wanted = ImmutableSet.of();
        private final Map<String, String> versions = new HashMap<>();
        private boolean mentioned;
    }
}
