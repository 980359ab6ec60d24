package dev.weft.model.match;

import com.google.errorprone.annotations.Immutable;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * A header name prepared for lookup: lower case, with its bytes and hash computed once. Pseudo headers are written as in HTTP/2
 * ({@code :path}, {@code :method}, {@code :authority}, {@code :scheme}); {@code host} is an alias of {@code :authority}.
 */
@Immutable
public final class HeaderKey {
    public static final HeaderKey METHOD = of(":method");
    public static final HeaderKey PATH = of(":path");
    public static final HeaderKey AUTHORITY = of(":authority");
    public static final HeaderKey SCHEME = of(":scheme");

    private final String name;

    @SuppressWarnings("Immutable") // written once, never handed out for writing
    private final byte[] bytes;

    private final int hash;

    private HeaderKey(String name) {
        this.name = name;
        this.bytes = name.getBytes(StandardCharsets.ISO_8859_1);
        this.hash = hash(bytes, 0, bytes.length);
    }

    public static HeaderKey of(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return new HeaderKey(lower.equals("host") ? ":authority" : lower);
    }

    /** The hash that indexes of heads store beside each name. Input must be lower case already. */
    public static int hash(byte[] block, int offset, int length) {
        int h = length;
        for (int i = offset, end = offset + length; i < end; i++) {
            h = h * 31 + block[i];
        }
        return h;
    }

    public String name() {
        return name;
    }

    /** The name's bytes; shared, not to be written to. */
    public byte[] bytes() {
        return bytes;
    }

    /** {@link #hash(byte[], int, int)} of the name. */
    public int nameHash() {
        return hash;
    }

    public boolean isPseudo() {
        return bytes.length > 0 && bytes[0] == ':';
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof HeaderKey other && name.equals(other.name);
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public String toString() {
        return name;
    }
}
