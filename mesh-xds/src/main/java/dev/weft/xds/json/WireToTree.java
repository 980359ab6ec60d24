package dev.weft.xds.json;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.weft.xds.descriptor.Descriptors;
import dev.weft.xds.descriptor.FieldKind;
import dev.weft.xds.descriptor.FieldType;
import dev.weft.xds.descriptor.MessageType;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** One reading of wire bytes into a tree. Fields that the descriptors do not know are left out: {@code UnreadFields} is what reports them. */
final class WireToTree {
    private static final int MAX_DEPTH = 100;
    private static final String REDACTED = "[redacted]";
    private static final String REDACTED_BYTES =
            Base64.getEncoder().encodeToString(REDACTED.getBytes(StandardCharsets.UTF_8));

    private final Descriptors descriptors;
    private final JsonTranscoder.Secrets secrets;
    private int sensitive;

    WireToTree(Descriptors descriptors, JsonTranscoder.Secrets secrets) {
        this.descriptors = descriptors;
        this.secrets = secrets;
    }

    Object message(MessageType type, ByteString wire, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new InvalidProtocolBufferException("nested deeper than " + MAX_DEPTH);
        }
        Map<Integer, List<Object>> raw = scan(type, wire);
        String name = type.fullName();
        if (WellKnown.isWrapper(name)) {
            FieldType only = fieldOf(type, 1);
            return raw.containsKey(1) ? scalar(only, last(raw, 1)) : zero(only);
        }
        return switch (name) {
            case WellKnown.DURATION -> TimeForms.duration(number(raw, 1), (int) number(raw, 2));
            case WellKnown.TIMESTAMP -> TimeForms.timestamp(number(raw, 1), (int) number(raw, 2));
            case WellKnown.FIELD_MASK -> fieldMask(raw);
            case WellKnown.STRUCT -> raw.containsKey(1) ? map(type, 1, raw, depth) : new TreeMap<>();
            case WellKnown.LIST_VALUE -> raw.containsKey(1) ? list(type, 1, raw, depth) : List.of();
            case WellKnown.VALUE -> value(type, raw, depth);
            case WellKnown.ANY -> any(raw, depth);
            default -> fields(type, raw, depth);
        };
    }

    /** Every occurrence of every known field, as Long (varint and fixed) or ByteString; packed runs are taken apart. */
    private Map<Integer, List<Object>> scan(MessageType type, ByteString wire) throws IOException {
        Map<Integer, List<Object>> raw = new HashMap<>();
        CodedInputStream in = wire.newCodedInput();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            FieldType field = type.field(WireFormat.getTagFieldNumber(tag));
            if (field == null) {
                in.skipField(tag);
                continue;
            }
            List<Object> values = raw.computeIfAbsent(field.number(), n -> new ArrayList<>());
            int wireType = WireFormat.getTagWireType(tag);
            if (wireType == WireFormat.WIRETYPE_LENGTH_DELIMITED && field.kind().packable()) {
                CodedInputStream run = in.readBytes().newCodedInput();
                while (!run.isAtEnd()) {
                    values.add(bare(run, field.kind().wireType()));
                }
            } else if (wireType == field.kind().wireType()) {
                values.add(bare(in, wireType));
            } else {
                in.skipField(tag);
            }
        }
        return raw;
    }

    private static Object bare(CodedInputStream in, int wireType) throws IOException {
        return switch (wireType) {
            case WireFormat.WIRETYPE_VARINT -> in.readRawVarint64();
            case WireFormat.WIRETYPE_FIXED64 -> in.readRawLittleEndian64();
            case WireFormat.WIRETYPE_FIXED32 -> (long) in.readRawLittleEndian32();
            case WireFormat.WIRETYPE_LENGTH_DELIMITED -> in.readBytes();
            default -> throw new InvalidProtocolBufferException("groups are not supported");
        };
    }

    private Map<String, Object> fields(MessageType type, Map<Integer, List<Object>> raw, int depth) throws IOException {
        Map<String, Object> tree = new LinkedHashMap<>();
        for (FieldType field : type.fields().values()) {
            if (!raw.containsKey(field.number())) {
                continue;
            }
            boolean hidden = field.sensitive() && secrets == JsonTranscoder.Secrets.REDACT;
            sensitive += hidden ? 1 : 0;
            if (!field.repeated()) {
                tree.put(field.name(), single(field, raw, depth));
            } else if (field.kind() == FieldKind.MESSAGE
                    && descriptors.messageOf(field.typeName()).mapEntry()) {
                tree.put(field.name(), map(type, field.number(), raw, depth));
            } else {
                tree.put(field.name(), list(type, field.number(), raw, depth));
            }
            sensitive -= hidden ? 1 : 0;
        }
        return tree;
    }

    /** The last scalar wins; several occurrences of a message are one message. */
    private Object single(FieldType field, Map<Integer, List<Object>> raw, int depth) throws IOException {
        if (field.kind() != FieldKind.MESSAGE) {
            return scalar(field, last(raw, field.number()));
        }
        ByteString whole = ByteString.EMPTY;
        for (Object part : raw.getOrDefault(field.number(), List.of())) {
            whole = whole.concat((ByteString) part);
        }
        return message(descriptors.messageOf(field.typeName()), whole, depth + 1);
    }

    private List<Object> list(MessageType type, int number, Map<Integer, List<Object>> raw, int depth)
            throws IOException {
        FieldType field = fieldOf(type, number);
        List<Object> elements = new ArrayList<>();
        for (Object element : raw.getOrDefault(number, List.of())) {
            elements.add(
                    field.kind() == FieldKind.MESSAGE
                            ? message(descriptors.messageOf(field.typeName()), (ByteString) element, depth + 1)
                            : scalar(field, element));
        }
        return elements;
    }

    private Map<String, Object> map(MessageType type, int number, Map<Integer, List<Object>> raw, int depth)
            throws IOException {
        MessageType entry = descriptors.messageOf(fieldOf(type, number).typeName());
        Map<String, Object> tree = new TreeMap<>();
        for (Object element : raw.getOrDefault(number, List.of())) {
            Map<Integer, List<Object>> pair = scan(entry, (ByteString) element);
            FieldType key = fieldOf(entry, 1);
            FieldType value = fieldOf(entry, 2);
            Object keyValue = pair.containsKey(1) ? scalar(key, last(pair, 1)) : zero(key);
            boolean scalarValue = value.kind() != FieldKind.MESSAGE;
            tree.put(
                    String.valueOf(keyValue),
                    scalarValue && !pair.containsKey(2) ? zero(value) : single(value, pair, depth));
        }
        return tree;
    }

    private static FieldType fieldOf(MessageType type, int number) {
        FieldType field = type.field(number);
        if (field == null) {
            throw new AssertionError(type + " has no field " + number);
        }
        return field;
    }

    private Object any(Map<Integer, List<Object>> raw, int depth) throws IOException {
        String url = raw.containsKey(1) ? ((ByteString) last(raw, 1)).toStringUtf8() : "";
        ByteString content = raw.containsKey(2) ? (ByteString) last(raw, 2) : ByteString.EMPTY;
        String name = url.substring(url.lastIndexOf('/') + 1);
        Optional<MessageType> type = descriptors.message(name);
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("@type", url);
        if (type.isEmpty()) {
            tree.put("value", Base64.getEncoder().encodeToString(content.toByteArray()));
            return tree;
        }
        Object inner = message(type.get(), content, depth + 1);
        if (inner instanceof Map<?, ?> map && !WellKnown.hasOwnForm(name)) {
            map.forEach((key, value) -> tree.put(String.valueOf(key), value));
        } else {
            tree.put("value", inner);
        }
        return tree;
    }

    private Object value(MessageType type, Map<Integer, List<Object>> raw, int depth) throws IOException {
        for (FieldType field : type.fields().values()) {
            if (field.number() != 1 && raw.containsKey(field.number())) {
                return single(field, raw, depth);
            }
        }
        return JsonNull.NULL;
    }

    private static String fieldMask(Map<Integer, List<Object>> raw) {
        List<String> paths = new ArrayList<>();
        raw.getOrDefault(1, List.of()).forEach(path -> paths.add(((ByteString) path).toStringUtf8()));
        return String.join(",", paths);
    }

    private static Object last(Map<Integer, List<Object>> raw, int number) {
        return raw.getOrDefault(number, List.of()).getLast();
    }

    private static long number(Map<Integer, List<Object>> raw, int number) {
        return raw.containsKey(number) ? (Long) last(raw, number) : 0;
    }

    private Object zero(FieldType field) {
        return switch (field.kind()) {
            case STRING, BYTES -> scalar(field, ByteString.EMPTY);
            default -> scalar(field, 0L);
        };
    }

    private Object scalar(FieldType field, Object raw) {
        if (raw instanceof ByteString bytes) {
            boolean text = field.kind() == FieldKind.STRING;
            if (sensitive > 0) {
                return text ? REDACTED : REDACTED_BYTES;
            }
            return text ? bytes.toStringUtf8() : Base64.getEncoder().encodeToString(bytes.toByteArray());
        }
        long bits = (Long) raw;
        return switch (field.kind()) {
            case DOUBLE -> Double.longBitsToDouble(bits);
            case FLOAT -> Float.intBitsToFloat((int) bits);
            case INT32, SFIXED32 -> (long) (int) bits;
            case UINT32, FIXED32 -> bits & 0xFFFFFFFFL;
            case SINT32 -> (long) CodedInputStream.decodeZigZag32((int) bits);
            case BOOL -> bits != 0;
            case INT64, SFIXED64 -> Long.toString(bits);
            case UINT64, FIXED64 -> Long.toUnsignedString(bits);
            case SINT64 -> Long.toString(CodedInputStream.decodeZigZag64(bits));
            case ENUM -> {
                String name = descriptors.enumOf(field.typeName()).byNumber().get((int) bits);
                yield name == null ? (Object) (long) (int) bits : name;
            }
            case STRING, BYTES, MESSAGE, GROUP -> throw new AssertionError(field + " is no number");
        };
    }
}
