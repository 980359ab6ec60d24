package dev.weft.xds.check;

import dev.weft.xds.descriptor.Descriptors;
import dev.weft.xds.descriptor.FieldKind;
import dev.weft.xds.descriptor.FieldType;
import dev.weft.xds.descriptor.MessageType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values to set a field to, as JSON trees: never the default, and more than one where the first may be what is there already. */
final class FieldSamples {
    private final Descriptors descriptors;

    FieldSamples(Descriptors descriptors) {
        this.descriptors = descriptors;
    }

    /** @param current what the field holds, null where it is not set */
    List<Object> of(FieldType field, @Nullable Object current) {
        List<Object> samples = new ArrayList<>();
        if (field.kind() == FieldKind.MESSAGE
                && descriptors.messageOf(field.typeName()).mapEntry()) {
            FieldType value = descriptors.messageOf(field.typeName()).fields().get(2);
            for (Object sample : single(value)) {
                samples.add(Map.of("sample", sample));
            }
            return samples;
        }
        for (Object sample : single(field)) {
            if (field.repeated()) {
                List<Object> longer = new ArrayList<>(current instanceof List<?> list ? list : List.of());
                longer.add(sample);
                samples.add(longer);
            } else if (!sample.equals(current)) {
                samples.add(sample);
            }
        }
        return samples;
    }

    private List<Object> single(FieldType field) {
        return switch (field.kind()) {
            case BOOL -> List.of(true, false);
            case STRING -> List.of("sample", "*.other");
            case BYTES -> List.of("AQ==", "Ag==");
            case DOUBLE, FLOAT -> List.of(0.25, 0.75);
            case ENUM ->
                List.copyOf(descriptors.enumOf(field.typeName()).byNumber().values());
            case MESSAGE -> message(descriptors.messageOf(field.typeName()));
            default -> List.of(3L, 7L);
        };
    }

    private static List<Object> message(MessageType type) {
        return switch (type.fullName()) {
            case "google.protobuf.Any" ->
                List.of(Map.of("@type", "type.googleapis.com/envoy.config.core.v3.BindConfig"));
            case "google.protobuf.Duration" -> List.of("3s", "7s");
            case "google.protobuf.Timestamp" -> List.of("2026-01-01T00:00:00Z");
            case "google.protobuf.Struct" -> List.of(Map.of("sample", "x"), Map.of("sample", 1));
            case "google.protobuf.BoolValue" -> List.of(true, false);
            case "google.protobuf.UInt32Value", "google.protobuf.UInt64Value" -> List.of(3L, 70_000L);
            case "google.protobuf.DoubleValue" -> List.of(0.25);
            case "google.protobuf.StringValue" -> List.of("sample");
            default -> List.of(new LinkedHashMap<String, Object>());
        };
    }
}
