package dev.weft.xds.yaml;

import dev.weft.xds.json.JsonNull;
import java.math.BigInteger;

/** The types of plain scalars: YAML 1.2's core schema. */
final class YamlScalars {
    private YamlScalars() {}

    static Object resolve(String plain) {
        return switch (plain) {
            case "", "~", "null", "Null", "NULL" -> JsonNull.NULL;
            case "true", "True", "TRUE" -> true;
            case "false", "False", "FALSE" -> false;
            case ".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF" -> Double.POSITIVE_INFINITY;
            case "-.inf", "-.Inf", "-.INF" -> Double.NEGATIVE_INFINITY;
            case ".nan", ".NaN", ".NAN" -> Double.NaN;
            default -> numberOrText(plain);
        };
    }

    private static Object numberOrText(String plain) {
        char first = plain.charAt(0);
        if (!(first >= '0' && first <= '9') && first != '-' && first != '+' && first != '.') {
            return plain;
        }
        if (plain.matches("[-+]?[0-9]+")) {
            return whole(new BigInteger(plain.startsWith("+") ? plain.substring(1) : plain));
        }
        if (plain.matches("0x[0-9a-fA-F]+")) {
            return whole(new BigInteger(plain.substring(2), 16));
        }
        if (plain.matches("0o[0-7]+")) {
            return whole(new BigInteger(plain.substring(2), 8));
        }
        if (plain.matches("[-+]?(\\.[0-9]+|[0-9]+(\\.[0-9]*)?)([eE][-+]?[0-9]+)?")) {
            return Double.valueOf(plain);
        }
        return plain;
    }

    private static Object whole(BigInteger value) {
        return value.bitLength() < 64 ? (Object) value.longValue() : value;
    }
}
