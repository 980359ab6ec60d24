package dev.weft.cli.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableList;
import dev.weft.cli.output.Numbers;
import dev.weft.cli.output.Table;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** A table for each {@link Aspect}, from the resources of a {@link ConfigDump} or the answer of {@code /certs}. Pure. */
public final class ProxyTables {
    private ProxyTables() {}

    public static Table listeners(ImmutableList<JsonNode> listeners) {
        Table table = Table.of("NAME", "ADDRESS", "SIDE", "MATCH", "TLS", "GOES TO");
        for (JsonNode listener : listeners) {
            List<JsonNode> chains = new ArrayList<>();
            listener.path("filter_chains").forEach(chains::add);
            if (listener.path("default_filter_chain").isObject()) {
                chains.add(listener.path("default_filter_chain"));
            }
            String side = listener.path("traffic_direction").asText("").toLowerCase(java.util.Locale.ROOT);
            for (JsonNode chain : chains) {
                table.row(
                        Numbers.text(listener.path("name")),
                        address(listener.path("address")),
                        side.isEmpty() ? "-" : side,
                        match(chain.path("filter_chain_match")),
                        chain.path("transport_socket").isObject() ? "yes" : "no",
                        chainTarget(chain));
            }
        }
        return table;
    }

    public static Table routes(ImmutableList<JsonNode> routes) {
        Table table = Table.of("ROUTES", "VIRTUAL HOST", "MATCH", "GOES TO", "FROM");
        for (JsonNode config : routes) {
            for (JsonNode host : config.path("virtual_hosts")) {
                for (JsonNode route : host.path("routes")) {
                    table.row(
                            Numbers.text(config.path("name")),
                            Numbers.text(host.path("name")),
                            routeMatch(route.path("match")),
                            action(route),
                            origin(route));
                }
            }
        }
        return table;
    }

    public static Table clusters(ImmutableList<JsonNode> clusters) {
        Table table = Table.of("CLUSTER", "TYPE", "BALANCER", "TLS");
        for (JsonNode cluster : clusters) {
            boolean tls = cluster.path("transport_socket").isObject()
                    || !cluster.path("transport_socket_matches").isEmpty();
            table.row(
                    Numbers.text(cluster.path("name")),
                    cluster.path("type").asText("STATIC"),
                    cluster.path("lb_policy").asText("ROUND_ROBIN"),
                    tls ? "yes" : "no");
        }
        return table;
    }

    public static Table endpoints(ImmutableList<JsonNode> assignments) {
        Table table = Table.of("CLUSTER", "ENDPOINT", "HEALTH", ">WEIGHT");
        for (JsonNode assignment : assignments) {
            for (JsonNode locality : assignment.path("endpoints")) {
                for (JsonNode endpoint : locality.path("lb_endpoints")) {
                    table.row(
                            Numbers.text(assignment.path("cluster_name")),
                            address(endpoint.at("/endpoint/address")),
                            endpoint.path("health_status").asText("UNKNOWN"),
                            String.valueOf(weight(endpoint.path("load_balancing_weight"))));
                }
            }
        }
        return table;
    }

    /** @param certs the answer of {@code /certs} */
    public static Table certs(JsonNode certs) {
        Table table = Table.of("USE", "IDENTITY", "SERIAL", "VALID FROM", "EXPIRES");
        // A root that stands in several secrets is one root.
        Set<JsonNode> own = new LinkedHashSet<>();
        Set<JsonNode> trusted = new LinkedHashSet<>();
        for (JsonNode each : certs.path("certificates")) {
            each.path("cert_chain").forEach(own::add);
            each.path("ca_cert").forEach(trusted::add);
        }
        own.forEach(cert -> cert(table, "own", cert));
        trusted.forEach(cert -> cert(table, "trusted", cert));
        return table;
    }

    private static void cert(Table table, String use, JsonNode cert) {
        List<String> names = new ArrayList<>();
        for (JsonNode name : cert.path("subject_alt_names")) {
            name.forEach(value -> names.add(value.asText()));
        }
        table.row(
                use,
                names.isEmpty() ? "-" : String.join(" ", names),
                Numbers.text(cert.path("serial_number")),
                Numbers.text(cert.path("valid_from")),
                Numbers.text(cert.path("expiration_time")));
    }

    private static String address(JsonNode address) {
        JsonNode socket = address.path("socket_address");
        if (socket.isObject()) {
            return socket.path("address").asText() + ":"
                    + socket.path("port_value").asText("0");
        }
        JsonNode pipe = address.path("pipe");
        return pipe.isObject() ? "unix:" + pipe.path("path").asText() : "-";
    }

    private static String match(JsonNode match) {
        List<String> parts = new ArrayList<>();
        if (match.has("destination_port")) {
            parts.add("port " + match.path("destination_port").asText());
        }
        if (!match.path("transport_protocol").asText("").isEmpty()) {
            parts.add(match.path("transport_protocol").asText());
        }
        list(match.path("server_names"), "name ", parts);
        list(match.path("application_protocols"), "alpn ", parts);
        return parts.isEmpty() ? "any" : String.join(", ", parts);
    }

    private static void list(JsonNode values, String label, List<String> parts) {
        List<String> texts = new ArrayList<>();
        values.forEach(value -> texts.add(value.asText()));
        if (!texts.isEmpty()) {
            parts.add(label + String.join("|", texts));
        }
    }

    private static String chainTarget(JsonNode chain) {
        for (JsonNode filter : chain.path("filters")) {
            JsonNode config = filter.path("typed_config");
            JsonNode rds = config.path("rds");
            if (rds.isObject()) {
                return "routes " + rds.path("route_config_name").asText();
            }
            JsonNode inline = config.path("route_config");
            if (inline.isObject()) {
                return "routes " + Numbers.text(inline.path("name")) + " (inline)";
            }
            if (config.has("cluster")) {
                return "cluster " + config.path("cluster").asText();
            }
            if (config.has("weighted_clusters")) {
                return "clusters " + weighted(config.path("weighted_clusters"));
            }
        }
        return "-";
    }

    private static String routeMatch(JsonNode match) {
        StringBuilder text = new StringBuilder();
        if (match.has("prefix")) {
            text.append(match.path("prefix").asText()).append('*');
        } else if (match.has("path")) {
            text.append(match.path("path").asText());
        } else if (match.has("path_separated_prefix")) {
            text.append(match.path("path_separated_prefix").asText()).append("[/*]");
        } else if (match.has("safe_regex")) {
            text.append('~').append(match.at("/safe_regex/regex").asText());
        } else if (match.has("connect_matcher")) {
            text.append("CONNECT");
        }
        for (JsonNode header : match.path("headers")) {
            text.append(' ').append(header.path("name").asText());
        }
        return text.toString().strip();
    }

    private static String action(JsonNode route) {
        JsonNode forward = route.path("route");
        if (forward.has("weighted_clusters")) {
            return weighted(forward.path("weighted_clusters"));
        }
        if (forward.isObject()) {
            return Numbers.text(forward.path("cluster"));
        }
        if (route.has("direct_response")) {
            return "answer " + route.at("/direct_response/status").asText();
        }
        return route.has("redirect") ? "redirect" : "-";
    }

    private static String weighted(JsonNode weighted) {
        List<String> parts = new ArrayList<>();
        for (JsonNode cluster : weighted.path("clusters")) {
            parts.add(
                    weight(cluster.path("weight")) + "% " + cluster.path("name").asText());
        }
        return String.join(", ", parts);
    }

    /** Wrapped numbers are plain in JSON; an absent weight counts 1. */
    private static long weight(JsonNode weight) {
        return weight.isMissingNode() ? 1 : weight.asLong();
    }

    /** The resource that people wrote, from the metadata under {@code istio}: the last parts of its API path. */
    private static String origin(JsonNode route) {
        String config = route.at("/metadata/filter_metadata/istio/config").asText("");
        int namespaces = config.indexOf("/namespaces/");
        return config.isEmpty()
                ? "-"
                : namespaces < 0 ? config : config.substring(namespaces + "/namespaces/".length());
    }
}
