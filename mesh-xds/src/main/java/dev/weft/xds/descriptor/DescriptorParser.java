package dev.weft.xds.descriptor;

import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.WireFormat;
import dev.weft.xds.descriptor.FieldType.Cardinality;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Reads one message or enum out of its serialized descriptor. The numbers are those of {@code google/protobuf/descriptor.proto},
 * whose own classes the lite runtime does not have.
 */
final class DescriptorParser {
    /** {@code udpa.annotations.sensitive}, an extension of the field's options. */
    private static final int SENSITIVE = 76569463;

    private static final int LABEL_REPEATED = 3;

    private DescriptorParser() {}

    static MessageType message(String fullName, CodedInputStream in) throws IOException {
        ImmutableSortedMap.Builder<Integer, FieldType> fields = ImmutableSortedMap.naturalOrder();
        boolean mapEntry = false;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 2 -> {
                    FieldType field = field(in.readBytes().newCodedInput());
                    fields.put(field.number(), field);
                }
                case 7 -> mapEntry = flag(in.readBytes().newCodedInput(), 7);
                default -> in.skipField(tag);
            }
        }
        return new MessageType(fullName, fields.buildOrThrow(), mapEntry);
    }

    private static FieldType field(CodedInputStream in) throws IOException {
        int number = 0;
        String name = "";
        String jsonName = "";
        FieldKind kind = FieldKind.STRING;
        String typeName = "";
        boolean repeated = false;
        boolean optional = false;
        boolean sensitive = false;
        int oneof = -1;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case 1 -> name = in.readString();
                case 3 -> number = in.readInt32();
                case 4 -> repeated = in.readEnum() == LABEL_REPEATED;
                case 5 -> kind = FieldKind.of(in.readEnum());
                case 6 -> typeName = in.readString().substring(1);
                case 8 -> sensitive = flag(in.readBytes().newCodedInput(), SENSITIVE);
                case 9 -> oneof = in.readInt32();
                case 10 -> jsonName = in.readString();
                case 17 -> optional = in.readBool();
                default -> in.skipField(tag);
            }
        }
        Cardinality cardinality =
                repeated ? Cardinality.REPEATED : optional ? Cardinality.OPTIONAL : Cardinality.IMPLICIT;
        return new FieldType(number, name, jsonName, kind, typeName, cardinality, oneof, sensitive);
    }

    private static boolean flag(CodedInputStream options, int number) throws IOException {
        for (int tag = options.readTag(); tag != 0; tag = options.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) == number) {
                return options.readBool();
            }
            options.skipField(tag);
        }
        return false;
    }

    static EnumType enumeration(String fullName, CodedInputStream in) throws IOException {
        ImmutableMap.Builder<String, Integer> byName = ImmutableMap.builder();
        Map<Integer, String> byNumber = new LinkedHashMap<>();
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            if (WireFormat.getTagFieldNumber(tag) != 2) {
                in.skipField(tag);
                continue;
            }
            String name = "";
            int number = 0;
            CodedInputStream value = in.readBytes().newCodedInput();
            for (int inner = value.readTag(); inner != 0; inner = value.readTag()) {
                switch (WireFormat.getTagFieldNumber(inner)) {
                    case 1 -> name = value.readString();
                    case 2 -> number = value.readInt32();
                    default -> value.skipField(inner);
                }
            }
            byName.put(name, number);
            byNumber.putIfAbsent(number, name);
        }
        return new EnumType(fullName, byName.buildOrThrow(), ImmutableMap.copyOf(byNumber));
    }
}
