package dev.weft.proxy.exchange;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one message head or trailer, as far as they can be asked for: one flat block of bytes and an index of (name, value)
 * ranges into it. {@link Headers} is the part that changes them, and the only kind there is.
 *
 * <p>Removed entries keep their place in the index, so whoever goes through it skips what is not live. Names are always lowercase.
 */
public abstract sealed class Fields permits Headers {
    /** Returned by the find methods. */
    public static final int NONE = -1;

    static final int STRIDE = 5;
    static final int META = 0;
    static final int NAME_START = 1;
    static final int NAME_LENGTH = 2;
    static final int VALUE_START = 3;
    static final int VALUE_LENGTH = 4;

    static final int ID_MASK = 0xFFFF;
    static final int REMOVED = 1 << 16;
    static final int LINE = 1 << 17;
    static final int SENSITIVE = 1 << 18;

    static final int FIRST_BLOCK = 1024;
    static final int FIRST_ENTRIES = 24;

    byte[] block = new byte[FIRST_BLOCK];
    int blockEnd;
    int[] index = new int[FIRST_ENTRIES * STRIDE];
    int entries;
    int live;
    int edits;
    // One bit per well-known name that was ever added: most lookups ask for names that are absent.
    long seenLow;
    long seenHigh;

    Fields() {}

    /** The bytes; replaced when it grows, so ask again after anything was added. */
    public byte[] block() {
        return block;
    }

    /** How many bytes of the block are in use. */
    public int blockEnd() {
        return blockEnd;
    }

    // ---- looking up ------------------------------------------------------------------------------------------------

    /** How many entries the index has, removed ones included; loop over these and skip what is not live. */
    public int entries() {
        return entries;
    }

    /** How many fields there are. */
    public int size() {
        return live;
    }

    /** The first entry of this name, or {@link #NONE}. */
    public int find(HeaderName name) {
        int id = name.id();
        if (id != HeaderId.UNKNOWN && !seen(id)) {
            return NONE;
        }
        return findFrom(name, 0);
    }

    /** The first entry of this name at or behind {@code from}, or {@link #NONE}. */
    public int findFrom(HeaderName name, int from) {
        int id = name.id();
        for (int i = from, at = from * STRIDE; i < entries; i++, at += STRIDE) {
            if ((index[at] & (ID_MASK | REMOVED)) == id && (id != HeaderId.UNKNOWN || nameEquals(i, name.bytes()))) {
                return i;
            }
        }
        return NONE;
    }

    /** Whether a field of this name is there. */
    public boolean contains(HeaderName name) {
        return find(name) != NONE;
    }

    /** The first value of this name as text (one char per byte), or null. Makes a String. */
    public @Nullable String text(HeaderName name) {
        int entry = find(name);
        return entry == NONE ? null : valueText(entry);
    }

    /** The first value of this name as a decimal number; -1 if it is absent or not one. */
    public long number(HeaderName name) {
        int entry = find(name);
        return entry == NONE ? -1 : valueNumber(entry);
    }

    /** How often an entry was removed since {@link #clear}: 0 means that the head still is what was received. */
    public int edits() {
        return edits;
    }

    // ---- one entry -------------------------------------------------------------------------------------------------

    /** Whether the entry was not removed. */
    public boolean isLive(int entry) {
        return (index[entry * STRIDE + META] & REMOVED) == 0;
    }

    /** Whether HPACK must never index the entry. */
    public boolean isSensitive(int entry) {
        return (index[entry * STRIDE + META] & SENSITIVE) != 0;
    }

    /** The entry's {@link HeaderId}. */
    public int id(int entry) {
        return index[entry * STRIDE + META] & ID_MASK;
    }

    /** Where the name starts in the block. */
    public int nameStart(int entry) {
        return index[entry * STRIDE + NAME_START];
    }

    /** The name's length in bytes. */
    public int nameLength(int entry) {
        return index[entry * STRIDE + NAME_LENGTH];
    }

    /** Where the value starts in the block. */
    public int valueStart(int entry) {
        return index[entry * STRIDE + VALUE_START];
    }

    /** The value's length in bytes. */
    public int valueLength(int entry) {
        return index[entry * STRIDE + VALUE_LENGTH];
    }

    /** The name as text. Makes a String unless the name is well known. */
    public String nameText(int entry) {
        int id = id(entry);
        return id != HeaderId.UNKNOWN
                ? HeaderName.byId(id).text()
                : new String(block, nameStart(entry), nameLength(entry), StandardCharsets.ISO_8859_1);
    }

    /** The value as text, one char per byte. Makes a String. */
    public String valueText(int entry) {
        return new String(block, valueStart(entry), valueLength(entry), StandardCharsets.ISO_8859_1);
    }

    /** The value as a decimal number; -1 if it is not one (sign, blank, empty, beyond 18 digits). */
    public long valueNumber(int entry) {
        return ByteRanges.number(block, valueStart(entry), valueLength(entry));
    }

    /** Whether the name has exactly these bytes. */
    public boolean nameEquals(int entry, byte[] name) {
        return ByteRanges.equals(block, nameStart(entry), nameLength(entry), name);
    }

    /** Whether the value has exactly these bytes. */
    public boolean valueEquals(int entry, byte[] value) {
        return ByteRanges.equals(block, valueStart(entry), valueLength(entry), value);
    }

    /** Whether the value has these bytes, ASCII case aside; {@code lower} must be lowercase. */
    public boolean valueEqualsIgnoreCase(int entry, byte[] lower) {
        return ByteRanges.equalsIgnoreCase(block, valueStart(entry), valueLength(entry), lower);
    }

    /** Whether the value, a comma-separated list, has this token, ASCII case aside; {@code lower} must be lowercase. */
    public boolean valueHasToken(int entry, byte[] lower) {
        return ByteRanges.hasToken(block, valueStart(entry), valueLength(entry), lower);
    }

    /** Names only: values may be secrets. */
    @Override
    public String toString() {
        StringBuilder names = new StringBuilder("Headers[");
        for (int i = 0; i < entries; i++) {
            if (isLive(i)) {
                names.append(names.length() > 8 ? ", " : "").append(nameText(i));
            }
        }
        return names.append(']').toString();
    }

    /** Whether a well-known name was ever added; false proves its absence. */
    boolean mayContain(int id) {
        return seen(id);
    }

    private boolean seen(int id) {
        return ((id < 64 ? seenLow : seenHigh) & (1L << id)) != 0;
    }
}
