package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.EndpointSlice;
import dev.weft.resources.EndpointSlice.AddressType;
import dev.weft.resources.EndpointSlice.Endpoint;
import dev.weft.resources.EndpointSlice.Port;
import dev.weft.resources.EndpointSlice.State;
import dev.weft.resources.EndpointSlice.Target;
import dev.weft.resources.ResourceMeta;
import java.util.Optional;

/** Reads a Kubernetes EndpointSlice. */
final class EndpointSliceReader {
    private EndpointSliceReader() {}

    static EndpointSlice read(ResourceMeta meta, PlatformFields root) {
        AddressType type = switch (root.text("addressType").orElse("IPv4")) {
            case "IPv6" -> AddressType.IPV6;
            case "FQDN" -> AddressType.FQDN;
            default -> AddressType.IPV4;
        };
        return new EndpointSlice(
                meta,
                type,
                meta.labels().getOrDefault(EndpointSlice.SERVICE_LABEL, ""),
                root.messages("endpoints").stream()
                        .map(endpoint -> endpoint(meta, endpoint))
                        .collect(ImmutableList.toImmutableList()),
                root.messages("ports").stream()
                        .map(EndpointSliceReader::port)
                        .collect(ImmutableList.toImmutableList()));
    }

    private static Endpoint endpoint(ResourceMeta meta, PlatformFields endpoint) {
        PlatformFields reference = endpoint.message("targetRef");
        Optional<Target> target = reference
                .text("name")
                .map(name -> new Target(
                        reference.text("kind").orElse(""),
                        reference.text("namespace").orElse(meta.namespace()),
                        name));
        return new Endpoint(
                endpoint.texts("addresses"),
                state(endpoint.message("conditions")),
                endpoint.text("hostname"),
                target,
                endpoint.text("nodeName").orElse(""),
                endpoint.text("zone").orElse(""));
    }

    /** An endpoint about which nothing is said is ready. */
    private static State state(PlatformFields conditions) {
        boolean ready = conditions.flag("ready").orElse(true);
        if (ready) {
            return State.READY;
        }
        if (!conditions.flag("terminating").orElse(false)) {
            return State.NOT_READY;
        }
        return conditions.flag("serving").orElse(false) ? State.DRAINING : State.ENDING;
    }

    private static Port port(PlatformFields port) {
        return new Port(
                port.text("name").orElse(""),
                port.number("port"),
                port.text("protocol").orElse("TCP"));
    }
}
