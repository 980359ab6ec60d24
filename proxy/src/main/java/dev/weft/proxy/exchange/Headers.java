package dev.weft.proxy.exchange;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The fields of one message head or trailer: one flat block of bytes and an index of (name, value) ranges into it.
 *
 * <p>The HTTP/1 parser copies the received head into the block once and indexes it in place; the HTTP/2 decoder, the
 * filters and the router append. Loop-confined; owned and reused by the exchange that it is part of.
 *
 * <p>Every entry marked as a line is stored as {@code name: value CRLF}, received or appended. So any run of untouched
 * neighbours is written to an HTTP/1 peer as one copy. Removing marks an entry and leaves its bytes; indexes stay valid
 * until {@link #clear}. Names are always lowercase. {@code host} and pseudo headers are not entries: they live in
 * {@link RequestHead} and {@link ResponseHead}.
 */
public final class Headers {
    /** Returned by the find methods. */
    public static final int NONE = -1;

    private static final int STRIDE = 5;
    private static final int META = 0;
    private static final int NAME_START = 1;
    private static final int NAME_LENGTH = 2;
    private static final int VALUE_START = 3;
    private static final int VALUE_LENGTH = 4;

    private static final int ID_MASK = 0xFFFF;
    private static final int REMOVED = 1 << 16;
    private static final int LINE = 1 << 17;
    private static final int SENSITIVE = 1 << 18;

    private static final int FIRST_BLOCK = 1024;
    private static final int FIRST_ENTRIES = 24;
    /** A block that grew beyond this is not kept for the next message. */
    private static final int KEEP_BLOCK = 16 * 1024;

    private byte[] block = new byte[FIRST_BLOCK];
    private int blockEnd;
    private int[] index = new int[FIRST_ENTRIES * STRIDE];
    private int entries;
    private int live;
    private int edits;
    // One bit per well-known name that was ever added: most lookups ask for names that are absent.
    private long seenLow;
    private long seenHigh;

    /** Forgets all entries and bytes; keeps the arrays unless one huge message blew them up. */
    public void clear() {
        if (block.length > KEEP_BLOCK) {
            block = new byte[FIRST_BLOCK];
        }
        if (index.length > 128 * STRIDE) {
            index = new int[FIRST_ENTRIES * STRIDE];
        }
        blockEnd = 0;
        entries = 0;
        live = 0;
        edits = 0;
        seenLow = 0;
        seenHigh = 0;
    }

    // ---- the block -------------------------------------------------------------------------------------------------

    /** The bytes; replaced when it grows, so ask again after anything was added. */
    public byte[] block() {
        return block;
    }

    /** How many bytes of the block are in use. */
    public int blockEnd() {
        return blockEnd;
    }

    /** Makes room for {@code length} more bytes and returns the block; follow with {@link #advance}. */
    public byte[] reserve(int length) {
        int needed = blockEnd + length;
        if (needed > block.length) {
            block = Arrays.copyOf(block, Math.max(needed, block.length * 2));
        }
        return block;
    }

    /** Takes bytes that were written behind {@link #blockEnd} into use. */
    public void advance(int length) {
        blockEnd += length;
    }

    /** Copies bytes behind the last ones; returns where they start. */
    public int append(byte[] source, int start, int length) {
        byte[] target = reserve(length);
        int at = blockEnd;
        System.arraycopy(source, start, target, at, length);
        blockEnd = at + length;
        return at;
    }

    /** Copies readable bytes behind the last ones and moves the reader index; returns where they start. */
    public int append(ByteBuf source, int length) {
        byte[] target = reserve(length);
        int at = blockEnd;
        source.readBytes(target, at, length);
        blockEnd = at + length;
        return at;
    }

    /** Copies text of which every char is one byte (ISO 8859-1); returns where it starts. */
    public int append(String text) {
        int length = text.length();
        byte[] target = reserve(length);
        int at = blockEnd;
        copyText(text, target, at);
        blockEnd = at + length;
        return at;
    }

    /** Takes bytes behind {@code end} out of use again; for a decoder that gives up an entry. */
    public void truncate(int end) {
        blockEnd = end;
    }

    // ---- adding ----------------------------------------------------------------------------------------------------

    /**
     * Indexes a received line that is in the block already.
     *
     * @param line whether the bytes from {@code nameStart} up to two behind the value are exactly {@code name: value
     *     CRLF}, and may be copied to a peer as they are
     */
    public void addReceived(int id, int nameStart, int nameLength, int valueStart, int valueLength, LineForm line) {
        addEntry(id | (line == LineForm.EXACT ? LINE : 0), nameStart, nameLength, valueStart, valueLength);
    }

    /** Adds a field behind the others. */
    public void add(HeaderName name, byte[] value, int start, int length) {
        addLine(name.id(), name.bytes(), 0, name.length(), value, start, length);
    }

    /** Adds a field behind the others. */
    public void add(HeaderName name, byte[] value) {
        addLine(name.id(), name.bytes(), 0, name.length(), value, 0, value.length);
    }

    /** Adds a field whose value's chars are one byte each (ISO 8859-1; see {@link #utf8}). */
    public void add(HeaderName name, String value) {
        int length = value.length();
        int nameStart = beginLine(name.bytes(), 0, name.length(), length);
        int valueStart = nameStart + name.length() + 2;
        copyText(value, block, valueStart);
        endLine(name.id(), nameStart, name.length(), valueStart, length);
    }

    /** Adds a field with a decimal number, not negative. */
    public void add(HeaderName name, long value) {
        int digits = digits(value);
        int nameStart = beginLine(name.bytes(), 0, name.length(), digits);
        int valueStart = nameStart + name.length() + 2;
        writeNumber(value, block, valueStart, digits);
        endLine(name.id(), nameStart, name.length(), valueStart, digits);
    }

    /** Adds a field whose value, so many bytes, the caller writes to the block at once; returns where it starts. */
    public int addBlank(HeaderName name, int length) {
        int nameStart = beginLine(name.bytes(), 0, name.length(), length);
        int valueStart = nameStart + name.length() + 2;
        endLine(name.id(), nameStart, name.length(), valueStart, length);
        return valueStart;
    }

    /** Adds a field from bytes, for decoders; the name must be lowercase and {@code id} its {@link HeaderId}. */
    public void addLine(int id, byte[] name, int nameAt, int nameLength, byte[] value, int valueAt, int valueLength) {
        int nameStart = beginLine(name, nameAt, nameLength, valueLength);
        int valueStart = nameStart + nameLength + 2;
        System.arraycopy(value, valueAt, block, valueStart, valueLength);
        endLine(id, nameStart, nameLength, valueStart, valueLength);
    }

    /** Marks an entry as one that HPACK must never put into a table. */
    public void markSensitive(int entry) {
        index[entry * STRIDE + META] |= SENSITIVE;
    }

    /** Replaces all fields of this name by one. */
    public void set(HeaderName name, String value) {
        remove(name);
        add(name, value);
    }

    /** Replaces all fields of this name by one. */
    public void set(HeaderName name, byte[] value) {
        remove(name);
        add(name, value);
    }

    /** Replaces all fields of this name by one decimal number, not negative. */
    public void set(HeaderName name, long value) {
        remove(name);
        add(name, value);
    }

    /** Removes all fields of this name; whether there were any. */
    public boolean remove(HeaderName name) {
        int entry = find(name);
        if (entry == NONE) {
            return false;
        }
        while (entry != NONE) {
            removeAt(entry);
            entry = findFrom(name, entry + 1);
        }
        return true;
    }

    /** Removes one entry; the others keep their indexes. */
    public void removeAt(int entry) {
        int at = entry * STRIDE + META;
        if ((index[at] & REMOVED) == 0) {
            index[at] |= REMOVED;
            live--;
            edits++;
        }
    }

    /** Adds all live entries of another message's fields. */
    public void addAll(Headers other) {
        for (int i = 0; i < other.entries; i++) {
            if (other.isLive(i)) {
                addLine(
                        other.id(i),
                        other.block,
                        other.nameStart(i),
                        other.nameLength(i),
                        other.block,
                        other.valueStart(i),
                        other.valueLength(i));
                if (other.isSensitive(i)) {
                    markSensitive(entries - 1);
                }
            }
        }
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

    // ---- writing ---------------------------------------------------------------------------------------------------

    /** Writes all fields as HTTP/1 lines, without the empty line; neighbours untouched since receipt in one copy. */
    public void writeLines(ByteBuf out) {
        int runStart = 0;
        int runEnd = 0;
        for (int i = 0, at = 0; i < entries; i++, at += STRIDE) {
            int meta = index[at + META];
            if ((meta & REMOVED) != 0) {
                continue;
            }
            int start = index[at + NAME_START];
            int valueStart = index[at + VALUE_START];
            int valueEnd = valueStart + index[at + VALUE_LENGTH];
            if ((meta & LINE) != 0) {
                if (start != runEnd) {
                    out.writeBytes(block, runStart, runEnd - runStart);
                    runStart = start;
                }
                runEnd = valueEnd + 2;
                continue;
            }
            out.writeBytes(block, runStart, runEnd - runStart);
            runStart = 0;
            runEnd = 0;
            out.writeBytes(block, start, index[at + NAME_LENGTH]);
            out.writeShort((':' << 8) | ' ');
            out.writeBytes(block, valueStart, valueEnd - valueStart);
            out.writeShort(('\r' << 8) | '\n');
        }
        out.writeBytes(block, runStart, runEnd - runStart);
    }

    /** The bytes that {@link #writeLines} writes at most. */
    public int lineBytes() {
        return blockEnd + entries * 4;
    }

    /** How often an entry was removed since {@link #clear}: 0 means that the head still is what was received. */
    public int edits() {
        return edits;
    }

    /** The bytes of {@code text} in UTF-8, as a String with one char per byte: the form that values have here. */
    public static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
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

    /** Whether received bytes may be copied to an HTTP/1 peer as they are. */
    public enum LineForm {
        EXACT,
        LOOSE
    }

    /** Whether a well-known name was ever added; false proves its absence. */
    boolean mayContain(int id) {
        return seen(id);
    }

    private boolean seen(int id) {
        return ((id < 64 ? seenLow : seenHigh) & (1L << id)) != 0;
    }

    private int beginLine(byte[] name, int nameAt, int nameLength, int valueLength) {
        reserve(nameLength + valueLength + 4);
        int at = blockEnd;
        System.arraycopy(name, nameAt, block, at, nameLength);
        block[at + nameLength] = ':';
        block[at + nameLength + 1] = ' ';
        return at;
    }

    private void endLine(int id, int nameStart, int nameLength, int valueStart, int valueLength) {
        int end = valueStart + valueLength;
        block[end] = '\r';
        block[end + 1] = '\n';
        blockEnd = end + 2;
        addEntry(id | LINE, nameStart, nameLength, valueStart, valueLength);
    }

    private void addEntry(int meta, int nameStart, int nameLength, int valueStart, int valueLength) {
        int at = entries * STRIDE;
        if (at == index.length) {
            index = Arrays.copyOf(index, at * 2);
        }
        index[at + META] = meta;
        index[at + NAME_START] = nameStart;
        index[at + NAME_LENGTH] = nameLength;
        index[at + VALUE_START] = valueStart;
        index[at + VALUE_LENGTH] = valueLength;
        entries++;
        live++;
        int id = meta & ID_MASK;
        if (id < 64) {
            seenLow |= 1L << id;
        } else {
            seenHigh |= 1L << id;
        }
    }

    @SuppressWarnings("deprecation") // the one copy of Latin-1 text into an array that makes no intermediate array
    private static void copyText(String text, byte[] target, int at) {
        text.getBytes(0, text.length(), target, at);
    }

    private static int digits(long value) {
        int digits = 1;
        for (long rest = value; rest >= 10; rest /= 10) {
            digits++;
        }
        return digits;
    }

    private static void writeNumber(long value, byte[] target, int at, int digits) {
        long rest = value;
        for (int i = at + digits - 1; i >= at; i--) {
            target[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }
}
