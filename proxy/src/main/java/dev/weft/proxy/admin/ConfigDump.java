package dev.weft.proxy.admin;

import com.google.protobuf.ByteString;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.weft.proxy.admin.AdminSources.ResourceType;
import dev.weft.xds.Decoded;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import dev.weft.xds.json.JsonTranscoder;
import dev.weft.xds.json.JsonWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * {@code /config_dump} in the form of {@code envoy.admin.v3.ConfigDump}: the bootstrap, and what the control plane sent, from the very
 * bytes that were received. Confined to the admin thread.
 *
 * <p>Resources are turned into JSON one by one: a tree of all of them at once would not fit a sidecar's heap. The descriptors that
 * this takes are dropped behind each dump.
 */
final class ConfigDump {
    static final String TYPE = "type.googleapis.com/";
    private static final String ADMIN = TYPE + "envoy.admin.v3.";
    private static final String BOOTSTRAP = "envoy.config.bootstrap.v3.Bootstrap";

    private final AdminSources sources;
    private final OnDemandDescriptors descriptors = new OnDemandDescriptors();

    ConfigDump(AdminSources sources) {
        this.sources = sources;
    }

    /**
     * A list in a section of the dump.
     *
     * @param section name of the message with the list
     * @param field name of the list
     * @param element name of the message that the list is made of
     */
    record Part(String section, String field, String element, List<Entry> entries) {}

    /** One element, made when it is written. */
    record Entry(String name, Supplier<Map<String, Object>> tree) {}

    Answer answer(AdminRequest request) {
        Pattern names;
        try {
            names = Pattern.compile(request.value("name_regex"));
        } catch (PatternSyntaxException e) {
            return Answer.text(400, "name_regex is no regular expression: " + e.getMessage() + "\n");
        }
        try {
            String wanted = request.value("resource");
            List<Part> parts =
                    new DumpParts(sources, this::tree, bootstrap()).parts(includesEndpoints(request, wanted));
            return wanted.isEmpty() ? whole(parts, names) : one(parts, wanted, names);
        } finally {
            descriptors.release();
        }
    }

    private static boolean includesEndpoints(AdminRequest request, String wanted) {
        return request.has("include_eds") || wanted.endsWith("endpoint_configs");
    }

    private Answer whole(List<Part> parts, Pattern names) {
        StringBuilder out = new StringBuilder("{\n \"configs\": [");
        if (sources.bootstrap().isPresent()) {
            object(
                    out,
                    Answer.object(
                            "@type",
                            ADMIN + "BootstrapConfigDump",
                            "bootstrap",
                            bootstrap(),
                            "last_updated",
                            sources.facts().startedAt().toString()));
            out.append(',');
        }
        String section = "";
        for (Part part : parts) {
            if (!part.section.equals(section)) {
                out.append(section.isEmpty() ? "" : "\n  },");
                section = part.section;
                out.append("\n  {\n   \"@type\": \"")
                        .append(ADMIN)
                        .append(section)
                        .append('"');
            }
            out.append(",\n   \"").append(part.field).append("\": [");
            list(out, part, names, false);
            out.append("\n   ]");
        }
        return Answer.json(out.append("\n  }\n ]\n}").toString());
    }

    private static Answer one(List<Part> parts, String wanted, Pattern names) {
        List<String> known = new ArrayList<>();
        for (Part part : parts) {
            if (part.field.equals(wanted)) {
                StringBuilder out = new StringBuilder("{\n \"configs\": [");
                list(out, part, names, true);
                return Answer.json(out.append("\n ]\n}").toString());
            }
            known.add(part.field);
        }
        return Answer.text(404, wanted + " is no part of the dump, expected one of " + known + "\n");
    }

    private static void list(StringBuilder out, Part part, Pattern names, boolean typed) {
        boolean first = true;
        for (Entry entry : part.entries) {
            if (names.matcher(entry.name).find()) {
                out.append(first ? "" : ",");
                first = false;
                Map<String, Object> tree = entry.tree.get();
                if (typed) {
                    Map<String, Object> named = Answer.object("@type", ADMIN + part.section + '.' + part.element);
                    named.putAll(tree);
                    tree = named;
                }
                object(out, tree);
            }
        }
    }

    private static void object(StringBuilder out, Map<String, Object> tree) {
        out.append("\n  ")
                .append(JsonWriter.write(tree, JsonWriter.Layout.INDENTED).replace("\n", "\n  "));
    }

    private Map<String, Object> bootstrap() {
        return sources.bootstrap().map(bytes -> tree(BOOTSTRAP, bytes)).orElse(Map.of());
    }

    /** A message's fields; what cannot be read is said in its place. */
    private Map<String, Object> tree(String message, ByteString bytes) {
        return switch (new JsonTranscoder(descriptors.get()).toTree(message, bytes, JsonTranscoder.Secrets.REDACT)) {
            case Decoded.Value<Object>(Map<?, ?> fields) -> {
                Map<String, Object> tree = Answer.object();
                fields.forEach((name, value) -> tree.put(String.valueOf(name), value));
                yield tree;
            }
            case Decoded.Value<Object>(Object other) -> Answer.object("value", other);
            case Decoded.Rejected<Object> rejected -> Answer.object("weft_unreadable", rejected.message());
        };
    }

    /** Turns bytes of a message into its fields. */
    interface Transcoder {
        Map<String, Object> tree(String message, ByteString bytes);

        default Map<String, Object> typed(ResourceType type, ByteString bytes) {
            Map<String, Object> typed = Answer.object("@type", TYPE + type.message());
            typed.putAll(tree(type.message(), bytes));
            return typed;
        }
    }
}
