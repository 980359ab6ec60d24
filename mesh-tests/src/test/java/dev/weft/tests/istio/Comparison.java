package dev.weft.tests.istio;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableSet;
import dev.weft.tests.mesh.Origins.Arrived;
import dev.weft.tests.mesh.Reply;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What differs between a recording and what our mesh did; nothing found means the same. Where the recording writes the workload as
 * {@code a}, the balancer chose between {@code a1} and {@code a2}, and so may ours.
 */
final class Comparison {
    /** Not recorded: different in each run. {@code connection} is not of the exchange but of the hop. */
    private static final ImmutableSet<String> LEFT_OUT = ImmutableSet.of(
            "date", "server", "x-request-id", "x-forwarded-client-cert", "connection", "transfer-encoding");

    private static final String VARIES = "x-envoy-";

    private final List<String> differences = new ArrayList<>();

    List<String> differences() {
        return differences;
    }

    void same(String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            differences.add(what + ": Istio " + expected + ", ours " + found);
        }
    }

    void reply(JsonNode expected, Reply found) {
        same("end", expected.path("end").asText(Reply.WHOLE), found.end());
        same("status", expected.path("status").asInt(0), found.status());
        boolean either = either(expected.path("headers").path("x-origin").asText());
        same("body", expected.path("body").asText(), either ? folded(found.body()) : found.body());
        headers("reply", expected.path("headers"), found.headers(), either, found.status() >= 400);
    }

    void arrived(JsonNode expected, List<Arrived> found) {
        same("requests at origins", expected.size(), found.size());
        for (int i = 0; i < Math.min(expected.size(), found.size()); i++) {
            JsonNode one = expected.get(i);
            Arrived ours = found.get(i);
            boolean either = either(one.path("workload").asText());
            same("workload", one.path("workload").asText(), either ? folded(ours.workload()) : ours.workload());
            same("method", one.path("method").asText(), ours.method());
            same("path", one.path("path").asText(), ours.path());
            same("body at origin", one.path("body").asText(), ours.body());
            headers("origin", one.path("headers"), ours.headers(), either, false);
        }
    }

    /** @param counts how many requests each origin or status answered, of {@code total} */
    void shares(JsonNode expected, double tolerance, Map<String, Integer> counts, int total) {
        Set<String> names = new LinkedHashSet<>(counts.keySet());
        expected.properties().forEach(share -> names.add(share.getKey()));
        for (String name : names) {
            double share = expected.path(name).asDouble();
            double ours = counts.getOrDefault(name, 0) / (double) total;
            if (Math.abs(share - ours) > tolerance) {
                differences.add(String.format(
                        Locale.ROOT, "share of %s: %.3f ± %.3f, ours %.3f", name, share, tolerance, ours));
            }
        }
    }

    private void headers(
            String where,
            JsonNode expected,
            ImmutableListMultimap<String, String> found,
            boolean either,
            boolean errorPage) {
        Map<String, String> istio = new TreeMap<>();
        expected.properties()
                .forEach(header -> istio.put(header.getKey(), header.getValue().asText()));
        Map<String, String> ours = new TreeMap<>();
        found.asMap().forEach((name, values) -> {
            boolean free = LEFT_OUT.contains(name)
                    || (!istio.containsKey(name) && name.startsWith(VARIES))
                    || (errorPage && name.equals("content-type"));
            if (!free) {
                String value = String.join(",", values);
                ours.put(name, either && name.equals("x-origin") ? folded(value) : value);
            }
        });
        if (errorPage) {
            istio.remove("content-type");
        }
        same(where + " headers", istio, ours);
    }

    private static boolean either(String workload) {
        return workload.equals("a");
    }

    private static String folded(String text) {
        return text.replaceFirst("^(from )?a[12]$", "$1a");
    }
}
