package dev.weft.xds.json;

/** The JSON value null in a tree; Java's null never stands in a tree that this package makes, though it is understood in one it is given. */
public enum JsonNull {
    NULL;

    @Override
    public String toString() {
        return "null";
    }
}
