package dev.weft.xds.json;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.weft.xds.FieldPath;
import dev.weft.xds.Problem;
import dev.weft.xds.descriptor.Descriptors;
import dev.weft.xds.descriptor.FieldKind;
import dev.weft.xds.descriptor.FieldType;
import dev.weft.xds.descriptor.MessageType;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One reading of a tree into wire bytes, collecting every problem on the way. Fields are written by rising number and map entries
 * by key, so that equal trees give equal bytes.
 */
final class TreeToWire {
    private static final int MAX_DEPTH = 100;

    private final Descriptors descriptors;
    private final List<Problem> problems;
    private final ScalarsToWire scalars;

    TreeToWire(Descriptors descriptors, List<Problem> problems) {
        this.descriptors = descriptors;
        this.problems = problems;
        this.scalars = new ScalarsToWire(descriptors, problems);
    }

    ByteString message(MessageType type, @Nullable Object tree, FieldPath at, int depth) {
        if (depth > MAX_DEPTH) {
            problems.add(at.problem("nested deeper than " + MAX_DEPTH));
            return ByteString.EMPTY;
        }
        return switch (type.fullName()) {
            case WellKnown.DURATION -> TimeForms.duration(tree, at, problems);
            case WellKnown.TIMESTAMP -> TimeForms.timestamp(tree, at, problems);
            case WellKnown.FIELD_MASK -> fieldMask(tree, at);
            case WellKnown.STRUCT -> structForm(tree, at, depth);
            case WellKnown.VALUE -> valueForm(tree, at, depth);
            case WellKnown.LIST_VALUE -> listForm(tree, at, depth);
            case WellKnown.ANY -> any(tree, at, depth);
            default ->
                WellKnown.isWrapper(type.fullName())
                        ? write(out -> scalars.write(out, field(type, 1), tree, at))
                        : fields(type, tree, at, depth);
        };
    }

    private static FieldType field(MessageType type, int number) {
        FieldType field = type.field(number);
        if (field == null) {
            throw new AssertionError(type + " has no field " + number);
        }
        return field;
    }

    private ByteString fields(MessageType type, @Nullable Object tree, FieldPath at, int depth) {
        if (!(tree instanceof Map<?, ?> map)) {
            problems.add(at.problem("found " + shown(tree) + ", expected an object with the fields of " + type));
            return ByteString.EMPTY;
        }
        return fields(type, map, at, depth);
    }

    private ByteString fields(MessageType type, Map<?, ?> map, FieldPath at, int depth) {
        Map<Integer, Object> values = new TreeMap<>();
        Map<Integer, String> oneofs = new HashMap<>();
        map.forEach((key, value) -> {
            String name = String.valueOf(key);
            Optional<FieldType> found = type.field(name);
            if (found.isEmpty()) {
                problems.add(at.field(name).problem("no such field in " + type));
                return;
            }
            FieldType field = found.get();
            boolean isNull = value == null || value == JsonNull.NULL;
            if (isNull && !field.typeName().equals(WellKnown.VALUE)) {
                return;
            }
            if (values.putIfAbsent(field.number(), isNull ? JsonNull.NULL : value) != null) {
                problems.add(at.field(name).problem("given twice, by both spellings of its name"));
            }
            String other = field.oneof() < 0 ? null : oneofs.putIfAbsent(field.oneof(), field.name());
            if (other != null && field.cardinality() != FieldType.Cardinality.OPTIONAL) {
                problems.add(at.field(name).problem("excludes " + other + ": only one of the two may be set"));
            }
        });
        return write(out -> {
            for (Map.Entry<Integer, Object> entry : values.entrySet()) {
                FieldType field = field(type, entry.getKey());
                field(out, field, entry.getValue(), at.field(field.name()), depth);
            }
        });
    }

    private void field(CodedOutputStream out, FieldType field, Object value, FieldPath at, int depth)
            throws IOException {
        if (!field.repeated()) {
            single(out, field, value, at, depth);
            return;
        }
        if (field.kind() == FieldKind.MESSAGE) {
            MessageType element = descriptors.messageOf(field.typeName());
            if (element.mapEntry()) {
                map(out, field, element, value, at, depth);
                return;
            }
        }
        if (!(value instanceof List<?> list)) {
            problems.add(at.problem("found " + shown(value) + ", expected a list"));
            return;
        }
        if (field.kind().packable()) {
            scalars.packed(out, field, list, at);
            return;
        }
        for (int i = 0; i < list.size(); i++) {
            single(out, field, list.get(i), at.index(i), depth);
        }
    }

    private void single(CodedOutputStream out, FieldType field, @Nullable Object value, FieldPath at, int depth)
            throws IOException {
        if (field.kind() == FieldKind.MESSAGE) {
            out.writeBytes(field.number(), message(descriptors.messageOf(field.typeName()), value, at, depth + 1));
        } else {
            scalars.write(out, field, value, at);
        }
    }

    private void map(CodedOutputStream out, FieldType field, MessageType entry, Object value, FieldPath at, int depth)
            throws IOException {
        if (!(value instanceof Map<?, ?> map)) {
            problems.add(at.problem("found " + shown(value) + ", expected an object"));
            return;
        }
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        map.forEach((key, element) -> sorted.put(String.valueOf(key), element));
        FieldType valueField = field(entry, 2);
        for (Map.Entry<String, @Nullable Object> element : sorted.entrySet()) {
            FieldPath elementAt = at.key(element.getKey());
            out.writeBytes(field.number(), write(inner -> {
                scalars.write(inner, field(entry, 1), element.getKey(), elementAt);
                single(inner, valueField, element.getValue(), elementAt, depth);
            }));
        }
    }

    private ByteString any(@Nullable Object tree, FieldPath at, int depth) {
        if (!(tree instanceof Map<?, ?> map) || !(map.get("@type") instanceof String typeUrl)) {
            problems.add(at.problem("found " + shown(tree) + ", expected an object with \"@type\""));
            return ByteString.EMPTY;
        }
        String name = typeUrl.substring(typeUrl.lastIndexOf('/') + 1);
        Optional<MessageType> type = descriptors.message(name);
        if (type.isEmpty()) {
            problems.add(at.field("@type").problem("unknown type " + typeUrl));
            return ByteString.EMPTY;
        }
        ByteString content;
        if (WellKnown.hasOwnForm(name)) {
            content = message(type.get(), map.get("value"), at, depth + 1);
        } else {
            Map<Object, @Nullable Object> rest = new LinkedHashMap<>(map);
            rest.remove("@type");
            content = message(type.get(), rest, at, depth + 1);
        }
        return write(out -> {
            out.writeString(1, typeUrl);
            if (!content.isEmpty()) {
                out.writeBytes(2, content);
            }
        });
    }

    private ByteString fieldMask(@Nullable Object tree, FieldPath at) {
        if (!(tree instanceof String paths)) {
            problems.add(at.problem("found " + shown(tree) + ", expected field paths with commas between them"));
            return ByteString.EMPTY;
        }
        return write(out -> {
            for (String path : paths.split(",")) {
                if (!path.isBlank()) {
                    out.writeString(1, path.strip());
                }
            }
        });
    }

    private ByteString structForm(@Nullable Object tree, FieldPath at, int depth) {
        if (!(tree instanceof Map<?, ?> map)) {
            problems.add(at.problem("found " + shown(tree) + ", expected an object"));
            return ByteString.EMPTY;
        }
        Map<String, @Nullable Object> sorted = new TreeMap<>();
        map.forEach((key, value) -> sorted.put(String.valueOf(key), value));
        return write(out -> {
            for (Map.Entry<String, @Nullable Object> entry : sorted.entrySet()) {
                ByteString value = valueForm(entry.getValue(), at.field(entry.getKey()), depth + 1);
                out.writeBytes(1, write(inner -> {
                    inner.writeString(1, entry.getKey());
                    inner.writeBytes(2, value);
                }));
            }
        });
    }

    private ByteString listForm(@Nullable Object tree, FieldPath at, int depth) {
        if (!(tree instanceof List<?> list)) {
            problems.add(at.problem("found " + shown(tree) + ", expected a list"));
            return ByteString.EMPTY;
        }
        return write(out -> {
            for (int i = 0; i < list.size(); i++) {
                out.writeBytes(1, valueForm(list.get(i), at.index(i), depth + 1));
            }
        });
    }

    private ByteString valueForm(@Nullable Object tree, FieldPath at, int depth) {
        if (depth > MAX_DEPTH) {
            problems.add(at.problem("nested deeper than " + MAX_DEPTH));
            return ByteString.EMPTY;
        }
        return write(out -> {
            switch (tree) {
                case null -> out.writeEnum(1, 0);
                case JsonNull none -> out.writeEnum(1, 0);
                case Number number -> out.writeDouble(2, number.doubleValue());
                case CharSequence text -> out.writeString(3, text.toString());
                case Boolean bool -> out.writeBool(4, bool);
                case Map<?, ?> map -> out.writeBytes(5, structForm(map, at, depth + 1));
                case List<?> list -> out.writeBytes(6, listForm(list, at, depth + 1));
                default -> problems.add(at.problem("found " + shown(tree) + ", expected a JSON value"));
            }
        });
    }

    /** A value as an error message shows it: its kind, and the text of short scalars. */
    static String shown(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case JsonNull none -> "null";
            case Map<?, ?> map -> "an object";
            case List<?> list -> "a list";
            case CharSequence text ->
                text.length() <= 64 ? "\"" + text + "\"" : "a text of " + text.length() + " characters";
            default -> value.toString();
        };
    }

    /** Writes one message. */
    interface Body {
        void write(CodedOutputStream out) throws IOException;
    }

    static ByteString write(Body body) {
        ByteString.Output bytes = ByteString.newOutput();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes, 512);
        try {
            body.write(out);
            out.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteString();
    }
}
