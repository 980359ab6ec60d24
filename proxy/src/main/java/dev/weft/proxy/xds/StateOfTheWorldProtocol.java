package dev.weft.proxy.xds;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * State-of-the-world ADS. A response of clusters or listeners is all of them: what is missing is gone. The version that is named
 * does not advance over a response that was not accepted whole.
 */
final class StateOfTheWorldProtocol implements AdsProtocol<DiscoveryRequest, DiscoveryResponse> {
    private final Node node;
    private final ResourceNames names;
    private final Map<XdsType, TypeState> types = new EnumMap<>(XdsType.class);
    private boolean nodeSent;
    private boolean open;

    /** Finds the name inside a resource, empty where it cannot be read. */
    interface ResourceNames {
        String nameOf(XdsType type, Any resource);
    }

    StateOfTheWorldProtocol(Node node, ResourceNames names) {
        this.node = node;
        this.names = names;
        for (XdsType type : XdsType.values()) {
            types.put(type, new TypeState());
        }
    }

    @Override
    public ImmutableList<DiscoveryRequest> opened() {
        open = true;
        nodeSent = false;
        ImmutableList.Builder<DiscoveryRequest> requests = ImmutableList.builder();
        types.forEach((type, state) -> {
            state.nonce = "";
            if (type.isAlwaysAsked() || !state.wanted.isEmpty()) {
                requests.add(request(type, state).build());
            }
        });
        return requests.build();
    }

    @Override
    public Optional<DiscoveryRequest> subscribe(XdsType type, ImmutableSet<String> wanted) {
        TypeState state = state(type);
        if (state.wanted.equals(wanted)) {
            return Optional.empty();
        }
        state.wanted = wanted;
        return open ? Optional.of(request(type, state).build()) : Optional.empty();
    }

    @Override
    public Optional<DiscoveryRequest> received(DiscoveryResponse response, Delivery.Receiver receiver) {
        Optional<XdsType> type = XdsType.ofUrl(response.getTypeUrl());
        if (type.isEmpty()) {
            return Optional.empty();
        }
        TypeState state = state(type.get());
        state.nonce = response.getNonce();
        Map<String, String> rejected = new LinkedHashMap<>();
        ImmutableList.Builder<Delivery.Received> resources = ImmutableList.builder();
        Set<String> seen = new HashSet<>();
        for (Any any : response.getResourcesList()) {
            String name = names.nameOf(type.get(), any);
            if (!any.getTypeUrl().equals(response.getTypeUrl())) {
                rejected.put(name, "has the type " + any.getTypeUrl() + ", expected " + response.getTypeUrl());
            } else if (!seen.add(name)) {
                rejected.put(name, "stands twice in one response");
            } else if (type.get().isWildcard() || state.wanted.contains(name)) {
                resources.add(new Delivery.Received(name, response.getVersionInfo(), any.getTypeUrl(), any.getValue()));
            }
        }
        if (rejected.isEmpty()) {
            Set<String> gone = new HashSet<>();
            if (type.get().isWildcard()) {
                gone.addAll(state.held);
                gone.removeAll(seen);
                state.held.clear();
                state.held.addAll(seen);
            }
            ImmutableMap<String, String> bad =
                    receiver.receive(new Delivery(type.get(), resources.build(), ImmutableSet.copyOf(gone)));
            rejected.putAll(bad);
        }
        DiscoveryRequest.Builder answer;
        if (rejected.isEmpty()) {
            state.version = response.getVersionInfo();
            answer = request(type.get(), state);
        } else {
            answer = request(type.get(), state).setErrorDetail(NackText.status(rejected));
        }
        return Optional.of(answer.build());
    }

    private DiscoveryRequest.Builder request(XdsType type, TypeState state) {
        DiscoveryRequest.Builder request = DiscoveryRequest.newBuilder()
                .setTypeUrl(type.url())
                .setVersionInfo(state.version)
                .setResponseNonce(state.nonce)
                .addAllResourceNames(state.wanted);
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

    /** {@code held}: the names of the last full state. */
    private static final class TypeState {
        private ImmutableSet<String> wanted = ImmutableSet.of();
        private final Set<String> held = new HashSet<>();
        private String version = "";
        private String nonce = "";
    }
}
