package dev.weft.xds.descriptor;

/** The type of a field; the order is that of the numbers in {@code FieldDescriptorProto.Type}. */
public enum FieldKind {
    DOUBLE,
    FLOAT,
    INT64,
    UINT64,
    INT32,
    FIXED64,
    FIXED32,
    BOOL,
    STRING,
    GROUP,
    MESSAGE,
    BYTES,
    UINT32,
    ENUM,
    SFIXED32,
    SFIXED64,
    SINT32,
    SINT64;

    private static final FieldKind[] BY_NUMBER = values();

    static FieldKind of(int number) {
        return BY_NUMBER[number - 1];
    }

    /** The wire type of one unpacked value: 0 varint, 1 eight bytes, 2 length and bytes, 3 group, 5 four bytes. */
    public int wireType() {
        return switch (this) {
            case INT64, UINT64, INT32, BOOL, UINT32, ENUM, SINT32, SINT64 -> 0;
            case DOUBLE, FIXED64, SFIXED64 -> 1;
            case STRING, MESSAGE, BYTES -> 2;
            case GROUP -> 3;
            case FLOAT, FIXED32, SFIXED32 -> 5;
        };
    }

    /** Whether repeated values may stand together in one run of bytes. */
    public boolean packable() {
        int wireType = wireType();
        return wireType != 2 && wireType != 3;
    }
}
