package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.LabelSelector;
import dev.weft.resources.Protocol;
import dev.weft.resources.ResourceMeta;
import dev.weft.resources.ServiceEntry;
import dev.weft.resources.ServiceEntry.Location;
import dev.weft.resources.ServiceEntry.Port;
import dev.weft.resources.ServiceEntry.Resolution;
import dev.weft.resources.WorkloadSpec;
import dev.weft.resources.host.HostName;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Reads a ServiceEntry. */
final class ServiceEntryReader {
    private static final String PROTOCOLS =
            "one of HTTP, HTTP2, GRPC, GRPC-WEB, HTTPS, TLS, TCP, MONGO, REDIS, MYSQL, UDP";

    private final Fields spec;
    private final Checks checks;

    private ServiceEntryReader(Fields spec) {
        this.spec = spec;
        this.checks = spec.checks();
    }

    static ServiceEntry read(ResourceMeta meta, Fields spec) {
        return new ServiceEntryReader(spec).read(meta);
    }

    private ServiceEntry read(ResourceMeta meta) {
        Optional<LabelSelector> selector = CommonReader.selector(spec, "workloadSelector", "labels");
        ServiceEntry entry = new ServiceEntry(
                meta,
                spec.texts("hosts"),
                spec.texts("addresses"),
                ports(),
                spec.choice("location", Location.class).orElse(Location.MESH_EXTERNAL),
                spec.choice("resolution", Resolution.class).orElse(Resolution.NONE),
                spec.list("endpoints", WorkloadReader::spec),
                selector,
                CommonReader.exportTo(spec, "exportTo"),
                spec.texts("subjectAltNames"));
        checkHosts(entry);
        checkAddresses(entry);
        checkEndpoints(entry);
        checkResolution(entry);
        return entry;
    }

    private ImmutableList<Port> ports() {
        Set<String> names = new HashSet<>();
        Set<Integer> numbers = new HashSet<>();
        ImmutableList.Builder<Port> ports = ImmutableList.builder();
        for (Fields fields : spec.messages("ports")) {
            Port port = port(fields);
            if (!names.add(port.name())) {
                checks.conflict(fields.at("name"), "found the port name \"" + port.name() + "\" twice");
            }
            if (!numbers.add(port.number())) {
                checks.conflict(fields.at("number"), "found the port " + port.number() + " twice");
            }
            ports.add(port);
        }
        return ports.build();
    }

    private static Port port(Fields fields) {
        int number = fields.number("number").orElseThrow();
        String name = fields.text("name").orElseThrow();
        Protocol protocol = fields.isSet("protocol")
                ? fields.parsed("protocol", Protocol::parse, PROTOCOLS).orElse(Protocol.UNKNOWN)
                : Protocol.ofServicePort("TCP", Optional.empty(), name, number);
        return new Port(number, name, protocol, fields.number("targetPort"));
    }

    private void checkHosts(ServiceEntry entry) {
        for (int i = 0; i < entry.hosts().size(); i++) {
            String host = entry.hosts().get(i);
            if (host.equals("*") || !Formats.isHost(host)) {
                checks.invalid(spec.at("hosts").index(i), "found \"" + host + "\", expected a DNS name or *.suffix");
            }
        }
        boolean opaque = entry.ports().stream()
                .anyMatch(port -> !port.protocol().isHttp() && !port.protocol().isTls());
        if (entry.hosts().size() > 1 && opaque && entry.addresses().isEmpty()) {
            checks.conflict(spec.at("hosts"), "several hosts cannot be told apart on a port whose protocol names none");
        }
    }

    private void checkAddresses(ServiceEntry entry) {
        boolean blocksAllowed = entry.resolution() == Resolution.NONE || entry.resolution() == Resolution.STATIC;
        for (int i = 0; i < entry.addresses().size(); i++) {
            String address = entry.addresses().get(i);
            if (!Formats.isAddressBlock(address)) {
                checks.invalid(
                        spec.at("addresses").index(i),
                        "found \"" + address + "\", expected an IP address or a CIDR block");
            } else if (address.contains("/") && !blocksAllowed) {
                checks.conflict(
                        spec.at("addresses").index(i), "a CIDR block goes with resolution NONE and STATIC only");
            }
        }
        boolean tcp = entry.ports().stream().anyMatch(port -> port.protocol() == Protocol.TCP);
        if (tcp && entry.addresses().isEmpty()) {
            checks.ineffective(spec.at("ports"), "a TCP port without addresses takes all traffic to its number");
        }
    }

    private void checkEndpoints(ServiceEntry entry) {
        if (entry.workloadSelector().isPresent() && !entry.endpoints().isEmpty()) {
            checks.conflict(spec.at("endpoints"), "found endpoints beside workloadSelector, expected one of them");
        }
        if (entry.workloadSelector().isPresent() && entry.resolution() == Resolution.NONE) {
            checks.ineffective(spec.at("workloadSelector"), "selects nothing with resolution NONE");
        }
        Set<String> names = new HashSet<>();
        entry.ports().forEach(port -> names.add(port.name()));
        for (int i = 0; i < entry.endpoints().size(); i++) {
            WorkloadSpec endpoint = entry.endpoints().get(i);
            Fields fields = spec.messages("endpoints").get(i);
            for (String name : endpoint.ports().keySet()) {
                if (!names.contains(name)) {
                    checks.invalid(
                            fields.at("ports").key(name),
                            "found the port name \"" + name + "\", expected one of " + names);
                }
            }
            if (endpoint.unixSocket() && entry.ports().size() > 1) {
                checks.conflict(fields.at("address"), "a Unix socket serves one port only");
            }
            boolean name = endpoint.address()
                    .filter(address -> !HostName.isAddress(address) && !endpoint.unixSocket())
                    .isPresent();
            if (name && entry.resolution() == Resolution.STATIC) {
                checks.invalid(fields.at("address"), "found a DNS name, expected an IP address with resolution STATIC");
            }
        }
    }

    private void checkResolution(ServiceEntry entry) {
        switch (entry.resolution()) {
            case NONE -> {
                if (!entry.endpoints().isEmpty()) {
                    checks.conflict(
                            spec.at("endpoints"),
                            "resolution NONE goes to the address that was dialled, not to endpoints");
                }
            }
            case STATIC -> {
                if (entry.endpoints().isEmpty() && entry.workloadSelector().isEmpty()) {
                    checks.ineffective(
                            spec.at("resolution"), "STATIC without endpoints or workloadSelector reaches nothing");
                }
            }
            case DNS, DNS_ROUND_ROBIN -> checkDns(entry);
        }
    }

    private void checkDns(ServiceEntry entry) {
        boolean ownEndpoints =
                !entry.endpoints().isEmpty() || entry.workloadSelector().isPresent();
        for (int i = 0; i < entry.hosts().size(); i++) {
            if (HostName.isWildcard(entry.hosts().get(i)) && !ownEndpoints) {
                checks.conflict(spec.at("hosts").index(i), "a wildcard cannot be looked up in DNS: name endpoints");
            }
        }
        if (entry.resolution() == Resolution.DNS_ROUND_ROBIN
                && entry.endpoints().size() > 1) {
            checks.conflict(spec.at("endpoints"), "DNS_ROUND_ROBIN takes one endpoint");
        }
    }
}
