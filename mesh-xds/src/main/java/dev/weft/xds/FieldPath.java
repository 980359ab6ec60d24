package dev.weft.xds;

import com.google.errorprone.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/** Where in a message a reader stands. Linked upwards, so that going down costs one small object and text is made for problems only. */
@Immutable
public final class FieldPath {
    private final @Nullable FieldPath parent;
    private final String name;
    private final int index;

    private FieldPath(@Nullable FieldPath parent, String name, int index) {
        this.parent = parent;
        this.name = name;
        this.index = index;
    }

    /** @param name short name of the outermost message, such as {@code Listener} */
    public static FieldPath of(String name) {
        return new FieldPath(null, name, -1);
    }

    public FieldPath field(String field) {
        return new FieldPath(this, field, -1);
    }

    /** The element of the repeated field that this path names. */
    public FieldPath index(int element) {
        return new FieldPath(parent, name, element);
    }

    /** The entry of the map field that this path names. */
    public FieldPath key(String key) {
        return new FieldPath(parent, name + "[\"" + key + "\"]", -1);
    }

    public Problem problem(String message) {
        return new Problem(toString(), message);
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder();
        append(text);
        return text.toString();
    }

    private void append(StringBuilder text) {
        if (parent != null) {
            parent.append(text);
            if (!text.isEmpty()) {
                text.append('.');
            }
        }
        text.append(name);
        if (index >= 0) {
            text.append('[').append(index).append(']');
        }
    }
}
