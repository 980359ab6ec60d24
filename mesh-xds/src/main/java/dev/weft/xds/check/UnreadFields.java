package dev.weft.xds.check;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.weft.xds.Decoded;
import dev.weft.xds.FieldPath;
import dev.weft.xds.Problem;
import dev.weft.xds.api.ApiType;
import dev.weft.xds.descriptor.Descriptors;
import dev.weft.xds.descriptor.FieldKind;
import dev.weft.xds.descriptor.FieldType;
import dev.weft.xds.descriptor.MessageType;
import dev.weft.xds.json.TypedStructs;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One walk over received bytes that finds every set field that nobody would read. Lite classes cannot tell which fields are set, so this
 * goes by descriptors and the {@link FieldTable}. What is packed in an Any is followed by its type; an Any of a type
 * that the table does not know is left to the decoder, which knows whether it may be skipped.
 *
 * <p>As confined as its descriptors.
 */
public final class UnreadFields {
    private static final int MAX_DEPTH = 100;
    private static final String ANY = "google.protobuf.Any";
    private static final String WELL_KNOWN = "google.protobuf.";

    private final Descriptors descriptors;
    private final FieldTable table;
    private final List<Problem> problems = new ArrayList<>();

    private UnreadFields(Descriptors descriptors, FieldTable table) {
        this.descriptors = descriptors;
        this.table = table;
    }

    /** @param message full name; every problem's path begins with its last part */
    public static List<Problem> check(Descriptors descriptors, FieldTable table, String message, ByteString bytes) {
        UnreadFields walk = new UnreadFields(descriptors, table);
        MessageType type = descriptors.messageOf(message);
        FieldPath at = FieldPath.of(type.shortName());
        walk.messageOrProblem(type, bytes, at, 0);
        return walk.problems;
    }

    private void messageOrProblem(MessageType type, ByteString bytes, FieldPath at, int depth) {
        try {
            message(type, bytes, at, depth);
        } catch (IOException e) {
            problems.add(at.problem("not the bytes of a " + type + ": " + e.getMessage()));
        }
    }

    private void message(MessageType type, ByteString bytes, FieldPath at, int depth) throws IOException {
        if (depth > MAX_DEPTH) {
            throw new InvalidProtocolBufferException("nested deeper than " + MAX_DEPTH);
        }
        Map<Integer, Integer> seen = new HashMap<>();
        CodedInputStream in = bytes.newCodedInput();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            int number = WireFormat.getTagFieldNumber(tag);
            FieldType field = type.field(number);
            if (field == null) {
                problems.add(at.problem("unknown field number " + number + " in " + type));
                in.skipField(tag);
                continue;
            }
            if (WireFormat.getTagWireType(tag) != field.kind().wireType()
                    && !(field.repeated() && field.kind().packable())) {
                // A parser keeps such a value as an unknown field: nobody would see it.
                problems.add(at.field(field.name()).problem("written in another wire type than its " + field.kind()));
                in.skipField(tag);
                continue;
            }
            int index = field.repeated() ? seen.merge(number, 1, Integer::sum) - 1 : 0;
            FieldPath fieldAt = at.field(field.name());
            Value value = value(in, tag);
            switch (table.use(type.fullName(), field.name())) {
                case FieldTable.Use.Read read -> {
                    if (field.kind() == FieldKind.MESSAGE) {
                        nested(field, value.bytes(), field.repeated() ? fieldAt.index(index) : fieldAt, depth);
                    }
                }
                case FieldTable.Use.Harmless harmless -> {}
                case FieldTable.Use.Unsupported unsupported -> {
                    if (field.hasPresence() || field.repeated() && index == 0 || !field.repeated() && !value.isZero()) {
                        problems.add(fieldAt.problem("is not supported"));
                    }
                }
            }
        }
    }

    private void nested(FieldType field, ByteString bytes, FieldPath at, int depth) throws IOException {
        String name = field.typeName();
        if (name.equals(ANY)) {
            any(bytes, at, depth);
            return;
        }
        if (name.startsWith(WELL_KNOWN)) {
            return;
        }
        MessageType type = descriptors.messageOf(name);
        if (!type.mapEntry()) {
            message(type, bytes, at, depth + 1);
            return;
        }
        FieldType value = type.field(2);
        if (value == null || value.kind() != FieldKind.MESSAGE) {
            return;
        }
        String key = "";
        ByteString content = ByteString.EMPTY;
        CodedInputStream in = bytes.newCodedInput();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> key = value(in, tag).text();
                case 2 -> content = value(in, tag).bytes();
                default -> in.skipField(tag);
            }
        }
        nested(value, content, at.index(-1).key(key), depth);
    }

    private void any(ByteString bytes, FieldPath at, int depth) throws IOException {
        Any any = Any.parseFrom(bytes);
        if (TypedStructs.isTypedStruct(any)) {
            Decoded<Any> resolved = new TypedStructs(descriptors).resolve(any, at);
            // What is wrong with it is the decoder's to say: it opens the same struct.
            if (resolved instanceof Decoded.Value<Any>(Any meant)) {
                known(meant, at.field("value"), depth);
            }
            return;
        }
        known(any, at, depth);
    }

    private void known(Any any, FieldPath at, int depth) {
        String name = ApiType.nameOf(any.getTypeUrl());
        if (table.knows(name)) {
            descriptors.message(name).ifPresent(type -> messageOrProblem(type, any.getValue(), at, depth + 1));
        }
    }

    private static Value value(CodedInputStream in, int tag) throws IOException {
        return switch (WireFormat.getTagWireType(tag)) {
            case WireFormat.WIRETYPE_VARINT -> new Value(in.readRawVarint64(), null);
            case WireFormat.WIRETYPE_FIXED64 -> new Value(in.readRawLittleEndian64(), null);
            case WireFormat.WIRETYPE_FIXED32 -> new Value(in.readRawLittleEndian32(), null);
            case WireFormat.WIRETYPE_LENGTH_DELIMITED -> new Value(0, in.readBytes());
            default -> throw new InvalidProtocolBufferException("a group, which no message of the API has");
        };
    }

    private record Value(long number, @Nullable ByteString content) {
        ByteString bytes() {
            return content == null ? ByteString.EMPTY : content;
        }

        String text() {
            return content == null ? Long.toString(number) : content.toStringUtf8();
        }

        boolean isZero() {
            return content == null ? number == 0 : content.isEmpty();
        }
    }
}
