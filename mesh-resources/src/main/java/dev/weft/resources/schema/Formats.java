package dev.weft.resources.schema;

import com.google.common.primitives.Doubles;
import com.google.common.primitives.Ints;
import com.google.common.primitives.Longs;
import dev.weft.resources.yaml.YamlNode.Scalar;
import dev.weft.resources.yaml.YamlNode.ScalarType;
import java.time.Duration;
import java.util.Base64;

/** Whether a single value has the format that its field asks for. */
final class Formats {
    private static final Duration SHORTEST = Duration.ofMillis(1);
    private static final long MAX_UINT = 0xFFFF_FFFFL;

    private Formats() {}

    static boolean accepts(FieldType.Format format, Scalar scalar) {
        String text = scalar.text();
        return switch (format) {
            case STRING -> scalar.type() == ScalarType.STRING;
            case BOOL -> scalar.type() == ScalarType.BOOLEAN;
            case INT -> scalar.type() == ScalarType.INTEGER && Ints.tryParse(text) != null;
            case UINT -> scalar.type() == ScalarType.INTEGER && isUint(text);
            case PORT -> scalar.type() == ScalarType.INTEGER && isPort(text);
            case DOUBLE ->
                (scalar.type() == ScalarType.INTEGER || scalar.type() == ScalarType.FLOAT)
                        && Doubles.tryParse(text) != null;
            case DURATION ->
                isText(scalar)
                        && Durations.parse(text)
                                .filter(d -> d.compareTo(SHORTEST) >= 0)
                                .isPresent();
            case DURATION_OR_ZERO -> isText(scalar) && Durations.parse(text).isPresent();
            case BYTES -> isText(scalar) && isBase64(text);
            case INT_OR_STRING ->
                scalar.type() == ScalarType.STRING || scalar.type() == ScalarType.INTEGER && isPort(text);
        };
    }

    static boolean isPort(String text) {
        Integer port = Ints.tryParse(text);
        return port != null && port >= 1 && port <= 65535;
    }

    private static boolean isText(Scalar scalar) {
        return scalar.type() == ScalarType.STRING;
    }

    private static boolean isUint(String text) {
        Long value = Longs.tryParse(text);
        return value != null && value >= 0 && value <= MAX_UINT;
    }

    private static boolean isBase64(String text) {
        try {
            Base64.getDecoder().decode(text);
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
