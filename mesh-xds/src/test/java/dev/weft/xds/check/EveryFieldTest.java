package dev.weft.xds.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.weft.xds.Decoded;
import dev.weft.xds.Dialect;
import dev.weft.xds.ListenerModels;
import dev.weft.xds.Models;
import dev.weft.xds.Problem;
import dev.weft.xds.RouteModels;
import dev.weft.xds.api.ApiType;
import dev.weft.xds.api.ApiTypes;
import dev.weft.xds.decode.XdsDecoder;
import dev.weft.xds.descriptor.Descriptors;
import dev.weft.xds.descriptor.FieldKind;
import dev.weft.xds.descriptor.FieldType;
import dev.weft.xds.descriptor.MessageType;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import dev.weft.xds.encode.EncodedResource;
import dev.weft.xds.encode.XdsEncoder;
import dev.weft.xds.json.JsonTranscoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Nothing silent. Every field of every message that occurs in generated resources is set alone, one at a time, to values that are not its
 * default; the model must change, or the field is listed as harmless, or a problem names its path.
 */
class EveryFieldTest {
    private static final int SEEDS = 60;
    private static final int OCCURRENCES = 2;

    /** Fields that are read but cannot matter where the rest of the message makes them meaningless, and why. */
    private static final Set<String> MEANINGLESS_IN_PLACES = Set.of(
            // Envoy's own words: it has no effect on safe_regex.
            "envoy.type.matcher.v3.StringMatcher.ignore_case",
            // The name of a filter that is left out is not looked at, nor whether an understood one is optional.
            "envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter.is_optional",
            // Names of sockets and extensions: the type of their configuration decides.
            "envoy.config.core.v3.TransportSocket.name",
            "envoy.config.route.v3.RetryPolicy.RetryHostPredicate.name",
            // Only provenance, services and workload are looked for in free-form metadata.
            "envoy.config.core.v3.Metadata.filter_metadata",
            // A second mention of what is there already.
            "io.istio.http.peer_metadata.Config.downstream_discovery",
            "io.istio.http.peer_metadata.Config.upstream_discovery",
            "io.istio.http.peer_metadata.Config.downstream_propagation",
            "io.istio.http.peer_metadata.Config.upstream_propagation",
            // Nobody to check, where the transport is plain.
            "envoy.config.core.v3.UpstreamHttpProtocolOptions.auto_sni",
            "envoy.config.core.v3.UpstreamHttpProtocolOptions.auto_san_validation",
            // A TCP connection has no host header.
            "stats.PluginConfig.disable_host_header_fallback",
            // Envoy's own words: ignored where grpc_timeout_header_max is set.
            "envoy.config.route.v3.RouteAction.max_grpc_timeout",
            // Read for other messages of the same type; here a threshold without limits is the default.
            "envoy.config.cluster.v3.CircuitBreakers.Thresholds.priority");

    private final Descriptors descriptors = Descriptors.load();
    private final JsonTranscoder transcoder = new JsonTranscoder(descriptors);
    private final FieldTable table = FieldTable.load();
    private final FieldSamples samples = new FieldSamples(descriptors);
    private final XdsDecoder decoder = new XdsDecoder(new OnDemandDescriptors());
    private final Map<String, Integer> occurrences = new HashMap<>();
    private final Map<String, Set<String>> outcomes = new TreeMap<>();
    private final List<String> silent = new ArrayList<>();

    @Test
    void everyFieldSetAloneChangesTheModelOrIsHarmlessOrIsReportedWithItsPath() {
        XdsEncoder encoder = new XdsEncoder(Dialect.WEFT);
        for (int seed = 0; seed < SEEDS; seed++) {
            check(ApiTypes.LISTENER, encoder.listener(new ListenerModels(new Models(seed)).listener()));
            check(ApiTypes.ROUTE_CONFIGURATION, encoder.routes(new RouteModels(new Models(seed)).routes()));
            check(ApiTypes.CLUSTER, encoder.cluster(new Models(seed).cluster()));
            check(ApiTypes.CLUSTER_LOAD_ASSIGNMENT, encoder.endpoints(new Models(seed).endpoints("c")));
        }

        assertThat(silent).isEmpty();
        assertThat(occurrences).hasSizeGreaterThan(80);
        assertThat(outcomes.get("changed")).hasSizeGreaterThan(200);
        assertThat(outcomes.get("reported")).hasSizeGreaterThan(200);
    }

    private void check(ApiType<?> type, EncodedResource resource) {
        Object tree = transcoder
                .toTree(type.name(), resource.bytes(), JsonTranscoder.Secrets.SHOW)
                .orThrow();
        Decoded<?> base = decoder.resource(resource.any());
        MessageType message = descriptors.messageOf(type.name());
        visit(message, tree, tree, base, type);
    }

    @SuppressWarnings("unchecked") // trees hold maps from text
    private void visit(MessageType message, Object place, Object root, Decoded<?> base, ApiType<?> type) {
        if (!(place instanceof Map<?, ?> map)) {
            return;
        }
        Map<String, Object> fields = (Map<String, Object>) map;
        if (fields.get("@type") instanceof String url) {
            descriptors.message(ApiType.nameOf(url)).ifPresent(inner -> fieldsOf(inner, fields, root, base, type));
            return;
        }
        fieldsOf(message, fields, root, base, type);
    }

    private void fieldsOf(
            MessageType message, Map<String, Object> fields, Object root, Decoded<?> base, ApiType<?> type) {
        if (!message.fullName().startsWith("google.protobuf.")
                && occurrences.merge(message.fullName(), 1, Integer::sum) <= OCCURRENCES) {
            for (FieldType field : message.fields().values()) {
                setAlone(message, fields, field, root, base, type);
            }
        }
        for (Map.Entry<String, Object> entry : new LinkedHashMap<>(fields).entrySet()) {
            message.field(entry.getKey())
                    .filter(field -> field.kind() == FieldKind.MESSAGE)
                    .ifPresent(field -> {
                        MessageType inner = descriptors.messageOf(field.typeName());
                        if (inner.mapEntry()) {
                            FieldType value = inner.fields().get(2);
                            if (value.kind() == FieldKind.MESSAGE) {
                                MessageType valueType = descriptors.messageOf(value.typeName());
                                ((Map<?, ?>) entry.getValue())
                                        .values()
                                        .forEach(element -> visit(valueType, element, root, base, type));
                            }
                        } else if (field.repeated()) {
                            ((List<?>) entry.getValue()).forEach(element -> visit(inner, element, root, base, type));
                        } else {
                            visit(inner, entry.getValue(), root, base, type);
                        }
                    });
        }
    }

    private void setAlone(
            MessageType message,
            Map<String, Object> fields,
            FieldType field,
            Object root,
            Decoded<?> base,
            ApiType<?> type) {
        String name = message.fullName() + "." + field.name();
        if (table.use(message.fullName(), field.name()) instanceof FieldTable.Use.Harmless) {
            note("harmless", name);
            return;
        }
        Map<String, Object> before = new LinkedHashMap<>(fields);
        boolean seen = false;
        for (Object sample : samples.of(field, fields.get(field.name()))) {
            message.fields().values().stream()
                    .filter(other -> other.oneof() >= 0 && other.oneof() == field.oneof())
                    .forEach(other -> fields.remove(other.name()));
            fields.put(field.name(), sample);
            seen |= isSeen(name, field, root, base, type);
            if (!seen && emptyIn(sample) != null) {
                // An empty message may well be the default: what it can hold must be seen then.
                fieldsOf(descriptors.messageOf(field.typeName()), emptyIn(sample), root, base, type);
                seen = true;
            }
            fields.clear();
            fields.putAll(before);
            if (seen) {
                break;
            }
        }
        Object current = before.get(field.name());
        if (!seen && current != null && emptyIn(current) == null) {
            fields.remove(field.name());
            seen = isSeen(name, field, root, base, type);
            fields.clear();
            fields.putAll(before);
        }
        // What is there empty was visited by itself.
        seen |= current != null && emptyIn(current) != null;
        if (!seen && !MEANINGLESS_IN_PLACES.contains(name)) {
            silent.add(name + " in " + before);
        }
    }

    @SuppressWarnings("unchecked") // samples are made by FieldSamples
    private static @Nullable Map<String, Object> emptyIn(Object sample) {
        Object last = sample instanceof List<?> list && !list.isEmpty() ? list.getLast() : sample;
        return last instanceof Map<?, ?> map && map.isEmpty() ? (Map<String, Object>) map : null;
    }

    private boolean isSeen(String name, FieldType field, Object root, Decoded<?> base, ApiType<?> type) {
        ByteString bytes = transcoder.toWire(type.name(), root).orThrow();
        Decoded<?> decoded = decoder.resource(type.pack(bytes));
        if (decoded.equals(base)) {
            return false;
        }
        List<Problem> problems = decoded.problems();
        if (problems.isEmpty()) {
            note("changed", name);
            return true;
        }
        boolean unsupported =
                !(table.use(name.substring(0, name.lastIndexOf('.')), field.name()) instanceof FieldTable.Use.Read);
        if (unsupported) {
            assertThat(problems)
                    .as(name)
                    .anyMatch(problem -> problem.path().contains(field.name())
                            && problem.path()
                                    .startsWith(
                                            type.name().substring(type.name().lastIndexOf('.') + 1)));
        }
        note("reported", name);
        return true;
    }

    private void note(String outcome, String field) {
        outcomes.computeIfAbsent(outcome, key -> new TreeSet<>()).add(field);
    }
}
