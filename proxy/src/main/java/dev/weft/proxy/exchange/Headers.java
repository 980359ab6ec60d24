package dev.weft.proxy.exchange;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

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
public final class Headers extends Fields {
    /** A block that grew beyond this is not kept for the next message. */
    private static final int KEEP_BLOCK = 16 * 1024;

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

    /** The bytes of {@code text} in UTF-8, as a String with one char per byte: the form that values have here. */
    public static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    }

    /** Whether received bytes may be copied to an HTTP/1 peer as they are. */
    public enum LineForm {
        EXACT,
        LOOSE
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
