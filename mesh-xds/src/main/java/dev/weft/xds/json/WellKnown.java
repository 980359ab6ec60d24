package dev.weft.xds.json;

import java.util.Set;

/** The messages that have a JSON form of their own. */
final class WellKnown {
    static final String ANY = "google.protobuf.Any";
    static final String DURATION = "google.protobuf.Duration";
    static final String TIMESTAMP = "google.protobuf.Timestamp";
    static final String STRUCT = "google.protobuf.Struct";
    static final String VALUE = "google.protobuf.Value";
    static final String LIST_VALUE = "google.protobuf.ListValue";
    static final String FIELD_MASK = "google.protobuf.FieldMask";

    private static final Set<String> WRAPPERS = Set.of(
            "google.protobuf.DoubleValue",
            "google.protobuf.FloatValue",
            "google.protobuf.Int64Value",
            "google.protobuf.UInt64Value",
            "google.protobuf.Int32Value",
            "google.protobuf.UInt32Value",
            "google.protobuf.BoolValue",
            "google.protobuf.StringValue",
            "google.protobuf.BytesValue");

    private WellKnown() {}

    static boolean isWrapper(String fullName) {
        return WRAPPERS.contains(fullName);
    }

    /** Whether inside an Any the JSON form stands under the key {@code value}, as it is not an object of fields. */
    static boolean hasOwnForm(String fullName) {
        return switch (fullName) {
            case ANY, DURATION, TIMESTAMP, STRUCT, VALUE, LIST_VALUE, FIELD_MASK -> true;
            default -> isWrapper(fullName);
        };
    }
}
