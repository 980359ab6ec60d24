package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import dev.weft.resources.Destination;
import dev.weft.resources.FieldPath;
import dev.weft.resources.ResourceMeta;
import dev.weft.resources.VirtualService;
import dev.weft.resources.VirtualService.TcpMatch;
import dev.weft.resources.VirtualService.TcpRoute;
import dev.weft.resources.VirtualService.TlsMatch;
import dev.weft.resources.VirtualService.TlsRoute;
import dev.weft.resources.VirtualService.WeightedDestination;
import dev.weft.resources.host.HostName;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToIntFunction;

/** Reads a VirtualService: everything but its HTTP rules, which {@link HttpRouteReader} reads. */
final class VirtualServiceReader {
    private static final ImmutableList<String> MESH = ImmutableList.of(VirtualService.MESH_GATEWAY);

    private final Fields spec;
    private final Checks checks;

    private VirtualServiceReader(Fields spec) {
        this.spec = spec;
        this.checks = spec.checks();
    }

    static VirtualService read(ResourceMeta meta, Fields spec) {
        return new VirtualServiceReader(spec).read(meta);
    }

    private VirtualService read(ResourceMeta meta) {
        ImmutableList<String> gateways = spec.texts("gateways");
        ImmutableList<String> hosts = spec.texts("hosts");
        VirtualService service = new VirtualService(
                meta,
                hosts,
                gateways.isEmpty() ? MESH : gateways,
                spec.list("http", HttpRouteReader::read),
                spec.list("tls", this::tls),
                spec.list("tcp", this::tcp),
                CommonReader.exportTo(spec, "exportTo"));
        if (service.http().isEmpty() && service.tls().isEmpty() && service.tcp().isEmpty()) {
            checks.missing(spec.path(), "expected rules in http, tls or tcp");
        }
        checkHosts(service);
        if (service.delegate()) {
            checkDelegate();
        }
        checkReachable(service);
        return service;
    }

    private void checkHosts(VirtualService service) {
        Set<String> seen = new HashSet<>();
        for (int i = 0; i < service.hosts().size(); i++) {
            String host = service.hosts().get(i);
            FieldPath at = spec.at("hosts").index(i);
            boolean address = HostName.isAddress(host);
            if (!address && !Formats.isHost(host)) {
                checks.invalid(at, "found \"" + host + "\", expected a DNS name, *.suffix or an IP address");
            } else if (service.appliesToSidecars() && (host.equals("*") || address)) {
                checks.invalid(at, "found \"" + host + "\", which only gateways take; sidecars need names");
            } else if (!seen.add(host)) {
                checks.conflict(at, "found the host \"" + host + "\" twice");
            }
        }
    }

    /** Without hosts the object only lends its HTTP rules to others. */
    private void checkDelegate() {
        for (String field : List.of("gateways", "tls", "tcp")) {
            if (spec.isSet(field)) {
                checks.conflict(spec.at(field), "an object without hosts is a delegate, and has http only");
            }
        }
        for (Fields route : spec.messages("http")) {
            if (route.isSet("delegate")) {
                checks.conflict(route.at("delegate"), "a delegate cannot delegate further");
            }
        }
    }

    private void checkReachable(VirtualService service) {
        boolean caught = false;
        for (int i = 0; i < service.http().size(); i++) {
            if (caught) {
                checks.ineffective(spec.at("http").index(i), "an earlier rule without match takes every request");
                return;
            }
            caught = service.http().get(i).match().isEmpty();
        }
    }

    private TlsRoute tls(Fields fields) {
        return new TlsRoute(fields.list("match", this::tlsMatch), destinations(fields));
    }

    private TcpRoute tcp(Fields fields) {
        return new TcpRoute(fields.list("match", this::tcpMatch), destinations(fields));
    }

    private TlsMatch tlsMatch(Fields fields) {
        ImmutableList<String> sniHosts = fields.texts("sniHosts");
        ImmutableList<String> hosts = spec.texts("hosts");
        for (int i = 0; i < sniHosts.size(); i++) {
            String sni = sniHosts.get(i);
            if (!Formats.isHost(sni)) {
                checks.invalid(
                        fields.at("sniHosts").index(i), "found \"" + sni + "\", expected a DNS name or *.suffix");
            } else if (hosts.stream().noneMatch(host -> HostName.matches(host, sni))) {
                checks.invalid(
                        fields.at("sniHosts").index(i), "found \"" + sni + "\", expected a host within spec.hosts");
            }
        }
        return new TlsMatch(
                sniHosts,
                subnets(fields),
                fields.number("port"),
                fields.textMap("sourceLabels"),
                fields.text("sourceNamespace"),
                fields.texts("gateways"));
    }

    private TcpMatch tcpMatch(Fields fields) {
        return new TcpMatch(
                subnets(fields),
                fields.number("port"),
                fields.textMap("sourceLabels"),
                fields.text("sourceNamespace"),
                fields.texts("gateways"));
    }

    private ImmutableList<String> subnets(Fields fields) {
        ImmutableList<String> subnets = fields.texts("destinationSubnets");
        for (int i = 0; i < subnets.size(); i++) {
            if (!Formats.isAddressBlock(subnets.get(i))) {
                checks.invalid(
                        fields.at("destinationSubnets").index(i),
                        "found \"" + subnets.get(i) + "\", expected an IP address or a CIDR block");
            }
        }
        return subnets;
    }

    private static ImmutableList<WeightedDestination> destinations(Fields rule) {
        ImmutableList<WeightedDestination> destinations =
                rule.list("route", fields -> new WeightedDestination(destination(fields), weight(fields)));
        if (destinations.isEmpty()) {
            rule.checks().missing(rule.at("route"), "expected at least one destination");
        }
        checkWeights(rule, destinations, WeightedDestination::weight);
        return destinations;
    }

    static Destination destination(Fields fields) {
        return fields.message("destination").map(CommonReader::destination).orElseThrow();
    }

    static int weight(Fields fields) {
        return fields.notNegative("weight").orElse(0);
    }

    static <T> void checkWeights(Fields rule, List<T> destinations, ToIntFunction<T> weight) {
        long total = destinations.stream()
                .mapToLong(weight::applyAsInt)
                .filter(share -> share > 0)
                .sum();
        if (destinations.size() > 1 && total == 0) {
            rule.checks().invalid(rule.at("route"), "found weights that add up to 0");
        } else if (total > Integer.MAX_VALUE) {
            rule.checks()
                    .invalid(rule.at("route"), "found weights that add up to " + total + ", expected less than 2^31");
        }
    }
}
