package dev.weft.xds.json;

import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes a tree of Map, List, String, Number, Boolean and null as JSON, indented by two spaces or on one line. */
public final class JsonWriter {
    /** How the text is laid out. */
    public enum Layout {
        INDENTED,
        ONE_LINE
    }

    private final StringBuilder out = new StringBuilder();
    private final Layout layout;

    private JsonWriter(Layout layout) {
        this.layout = layout;
    }

    public static String write(Object tree, Layout layout) {
        JsonWriter writer = new JsonWriter(layout);
        writer.value(tree, 0);
        return writer.out.toString();
    }

    private void value(@Nullable Object value, int depth) {
        switch (value) {
            case null -> out.append("null");
            case Map<?, ?> map -> object(map, depth);
            case List<?> list -> array(list, depth);
            case CharSequence text -> string(text);
            case Double number when number.isNaN() || number.isInfinite() -> string(number.toString());
            case Float number when number.isNaN() || number.isInfinite() -> string(number.toString());
            case Number number -> out.append(number(number));
            case Boolean bool -> out.append(bool.booleanValue());
            case JsonNull none -> out.append("null");
            default -> throw new IllegalArgumentException("tree: holds a " + value.getClass());
        }
    }

    /** A floating point number that is whole is written without a fraction. */
    private static String number(Number number) {
        if ((number instanceof Double || number instanceof Float)
                && number.doubleValue() == Math.rint(number.doubleValue())
                && Math.abs(number.doubleValue()) < 1e15) {
            return Long.toString(number.longValue());
        }
        return number.toString();
    }

    private void object(Map<?, ?> map, int depth) {
        if (map.isEmpty()) {
            out.append("{}");
            return;
        }
        out.append('{');
        Iterator<? extends Map.Entry<?, ?>> entries = map.entrySet().iterator();
        while (entries.hasNext()) {
            Map.Entry<?, ?> entry = entries.next();
            line(depth + 1);
            string(String.valueOf(entry.getKey()));
            out.append(layout == Layout.INDENTED ? ": " : ":");
            value(entry.getValue(), depth + 1);
            if (entries.hasNext()) {
                out.append(',');
            }
        }
        line(depth);
        out.append('}');
    }

    private void array(List<?> list, int depth) {
        if (list.isEmpty()) {
            out.append("[]");
            return;
        }
        out.append('[');
        for (int i = 0; i < list.size(); i++) {
            if (i > 0) {
                out.append(',');
            }
            line(depth + 1);
            value(list.get(i), depth + 1);
        }
        line(depth);
        out.append(']');
    }

    private void line(int depth) {
        if (layout == Layout.INDENTED) {
            out.append('\n').repeat(' ', depth * 2);
        }
    }

    private void string(CharSequence text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                default -> {
                    if (c < ' ') {
                        out.append("\\u00")
                                .append(Character.forDigit(c >> 4, 16))
                                .append(Character.forDigit(c & 15, 16));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }
}
