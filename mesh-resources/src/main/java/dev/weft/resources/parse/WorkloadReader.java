package dev.weft.resources.parse;

import com.google.common.collect.ImmutableMap;
import dev.weft.resources.Locality;
import dev.weft.resources.ResourceMeta;
import dev.weft.resources.WorkloadEntry;
import dev.weft.resources.WorkloadSpec;
import dev.weft.resources.host.HostName;
import java.util.Optional;

/** Reads a WorkloadEntry, and the same body as an endpoint of a ServiceEntry. */
final class WorkloadReader {
    private static final String UNIX = "unix://";

    private WorkloadReader() {}

    static WorkloadEntry read(ResourceMeta meta, Fields spec) {
        return new WorkloadEntry(meta, spec(spec));
    }

    static WorkloadSpec spec(Fields fields) {
        Optional<String> address = fields.text("address");
        ImmutableMap<String, Integer> ports = ports(fields);
        Optional<String> network = fields.text("network");
        if (address.isEmpty() && network.isEmpty()) {
            fields.checks().missing(fields.at("address"), "must be set");
        } else if (address.isEmpty()) {
            fields.checks().ineffective(fields.at("address"), "without an address nothing can be sent to the workload");
        } else {
            checkAddress(fields, address.get(), ports);
        }
        return new WorkloadSpec(
                address,
                ports,
                fields.textMap("labels"),
                network,
                fields.text("locality").map(Locality::parse),
                fields.number("weight"),
                fields.text("serviceAccount"));
    }

    private static void checkAddress(Fields fields, String address, ImmutableMap<String, Integer> ports) {
        if (address.startsWith(UNIX)) {
            String path = address.substring(UNIX.length());
            if (!path.startsWith("/") && !path.startsWith("@")) {
                fields.checks()
                        .invalid(
                                fields.at("address"),
                                "found \"" + address + "\", expected an absolute path after " + UNIX);
            }
            if (!ports.isEmpty()) {
                fields.checks().conflict(fields.at("ports"), "a Unix socket has no ports");
            }
        } else if (!HostName.isAddress(address) && !Formats.isDnsName(address)) {
            fields.checks()
                    .invalid(
                            fields.at("address"),
                            "found \"" + address + "\", expected an IP address, a DNS name or " + UNIX + "/path");
        }
    }

    private static ImmutableMap<String, Integer> ports(Fields fields) {
        return fields.textMap("ports").entrySet().stream()
                .collect(ImmutableMap.toImmutableMap(
                        entry -> entry.getKey(), entry -> Integer.valueOf(entry.getValue())));
    }
}
