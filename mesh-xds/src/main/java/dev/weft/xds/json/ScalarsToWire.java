package dev.weft.xds.json;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import dev.weft.xds.FieldPath;
import dev.weft.xds.Problem;
import dev.weft.xds.descriptor.Descriptors;
import dev.weft.xds.descriptor.EnumType;
import dev.weft.xds.descriptor.FieldType;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Scalars and enums of a tree to the wire, with the ranges and spellings that proto3 JSON allows. */
final class ScalarsToWire {
    private static final BigInteger UINT64_END = BigInteger.ONE.shiftLeft(64);

    private final Descriptors descriptors;
    private final List<Problem> problems;

    ScalarsToWire(Descriptors descriptors, List<Problem> problems) {
        this.descriptors = descriptors;
        this.problems = problems;
    }

    void packed(CodedOutputStream out, FieldType field, List<?> values, FieldPath at) throws IOException {
        if (values.isEmpty()) {
            return;
        }
        ByteString run = TreeToWire.write(inner -> {
            for (int i = 0; i < values.size(); i++) {
                bare(inner, field, values.get(i), at.index(i));
            }
        });
        out.writeBytes(field.number(), run);
    }

    /** Values equal to the default of a field without presence are left out, as every other writer does. */
    void write(CodedOutputStream out, FieldType field, @Nullable Object value, FieldPath at) throws IOException {
        ByteString bare = TreeToWire.write(inner -> bare(inner, field, value, at));
        if (!field.hasPresence() && !field.repeated() && isZero(bare)) {
            return;
        }
        out.writeTag(field.number(), field.kind().wireType());
        out.writeRawBytes(bare);
    }

    private static boolean isZero(ByteString bytes) {
        for (int i = 0; i < bytes.size(); i++) {
            if (bytes.byteAt(i) != 0) {
                return false;
            }
        }
        return true;
    }

    private void bare(CodedOutputStream out, FieldType field, @Nullable Object value, FieldPath at) throws IOException {
        switch (field.kind()) {
            case DOUBLE -> out.writeDoubleNoTag(floating(value, at));
            case FLOAT -> out.writeFloatNoTag((float) floating(value, at));
            case INT64 -> out.writeInt64NoTag(whole(value, Long.MIN_VALUE, Long.MAX_VALUE, at));
            case SINT64 -> out.writeSInt64NoTag(whole(value, Long.MIN_VALUE, Long.MAX_VALUE, at));
            case SFIXED64 -> out.writeSFixed64NoTag(whole(value, Long.MIN_VALUE, Long.MAX_VALUE, at));
            case UINT64 -> out.writeUInt64NoTag(unsigned64(value, at));
            case FIXED64 -> out.writeFixed64NoTag(unsigned64(value, at));
            case INT32 -> out.writeInt32NoTag((int) whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE, at));
            case SINT32 -> out.writeSInt32NoTag((int) whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE, at));
            case SFIXED32 -> out.writeSFixed32NoTag((int) whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE, at));
            case UINT32 -> out.writeUInt32NoTag((int) whole(value, 0, 0xFFFFFFFFL, at));
            case FIXED32 -> out.writeFixed32NoTag((int) whole(value, 0, 0xFFFFFFFFL, at));
            case BOOL -> out.writeBoolNoTag(bool(value, at));
            case STRING -> out.writeStringNoTag(text(value, at));
            case BYTES -> out.writeBytesNoTag(bytes(value, at));
            case ENUM -> out.writeEnumNoTag(enumeration(field, value, at));
            case GROUP, MESSAGE -> throw new AssertionError(field + " is no scalar");
        }
    }

    private String text(@Nullable Object value, FieldPath at) {
        if (value instanceof CharSequence text) {
            return text.toString();
        }
        String hint = value instanceof Number || value instanceof Boolean ? "; put it in quotes" : "";
        problems.add(at.problem("found " + TreeToWire.shown(value) + ", expected text" + hint));
        return "";
    }

    private boolean bool(@Nullable Object value, FieldPath at) {
        if (value instanceof Boolean bool) {
            return bool;
        }
        // Keys of maps are always text.
        if ("true".equals(value) || "false".equals(value)) {
            return "true".equals(value);
        }
        problems.add(at.problem("found " + TreeToWire.shown(value) + ", expected true or false"));
        return false;
    }

    private ByteString bytes(@Nullable Object value, FieldPath at) {
        if (value instanceof CharSequence text) {
            String standard = text.toString().replace('-', '+').replace('_', '/');
            try {
                return ByteString.copyFrom(Base64.getDecoder().decode(standard));
            } catch (IllegalArgumentException e) {
                problems.add(at.problem("expected base64, " + e.getMessage()));
                return ByteString.EMPTY;
            }
        }
        problems.add(at.problem("found " + TreeToWire.shown(value) + ", expected bytes in base64"));
        return ByteString.EMPTY;
    }

    private int enumeration(FieldType field, @Nullable Object value, FieldPath at) {
        EnumType type = descriptors.enumOf(field.typeName());
        if (value instanceof CharSequence name) {
            Integer number = type.byName().get(name.toString());
            if (number == null) {
                problems.add(at.problem("found \"" + name + "\", expected one of "
                        + String.join(", ", type.byName().keySet())));
                return 0;
            }
            return number;
        }
        return (int) whole(value, Integer.MIN_VALUE, Integer.MAX_VALUE, at);
    }

    private double floating(@Nullable Object value, FieldPath at) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        if (value instanceof CharSequence text) {
            switch (text.toString()) {
                case "NaN":
                    return Double.NaN;
                case "Infinity":
                    return Double.POSITIVE_INFINITY;
                case "-Infinity":
                    return Double.NEGATIVE_INFINITY;
                default:
                    try {
                        return new BigDecimal(text.toString()).doubleValue();
                    } catch (NumberFormatException e) {
                        // Reported below with the others.
                    }
            }
        }
        problems.add(at.problem("found " + TreeToWire.shown(value) + ", expected a number"));
        return 0;
    }

    private long whole(@Nullable Object value, long least, long most, FieldPath at) {
        BigInteger number = integer(value);
        if (number == null || number.bitLength() > 63 || number.longValue() < least || number.longValue() > most) {
            problems.add(at.problem(
                    "found " + TreeToWire.shown(value) + ", expected a whole number from " + least + " to " + most));
            return 0;
        }
        return number.longValue();
    }

    private long unsigned64(@Nullable Object value, FieldPath at) {
        BigInteger number = integer(value);
        if (number == null || number.signum() < 0 || number.compareTo(UINT64_END) >= 0) {
            problems.add(
                    at.problem("found " + TreeToWire.shown(value) + ", expected a whole number from 0 to 2^64 - 1"));
            return 0;
        }
        return number.longValue();
    }

    private static @Nullable BigInteger integer(@Nullable Object value) {
        try {
            return switch (value) {
                case BigInteger number -> number;
                case Long number -> BigInteger.valueOf(number);
                case Integer number -> BigInteger.valueOf(number);
                case Number number -> new BigDecimal(number.toString()).toBigIntegerExact();
                case CharSequence text when text.length() <= 64 -> new BigDecimal(text.toString()).toBigIntegerExact();
                case null, default -> null;
            };
        } catch (ArithmeticException | NumberFormatException e) {
            return null;
        }
    }
}
