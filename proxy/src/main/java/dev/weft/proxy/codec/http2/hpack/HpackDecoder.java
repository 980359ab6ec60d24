package dev.weft.proxy.codec.http2.hpack;

import dev.weft.proxy.exchange.HeaderName;
import java.nio.charset.StandardCharsets;

/**
 * Decodes header blocks of one connection (RFC 7541).
 *
 * <p>The frame reader's owner hands it each block whole; fields go to a {@link FieldSink}. Loop-confined, one per
 * connection. An error leaves the table undefined, so the connection has to end. It knows no limit on fields: a sink
 * that has enough must go on taking them, or the table of both ends would differ.
 */
public final class HpackDecoder {
    private static final int INCREMENTAL = 0x40;
    private static final int SIZE_UPDATE = 0x20;
    private static final int NEVER_INDEXED = 0x10;
    private static final int HUFFMAN = 0x80;
    /** Far above any frame, far below what overflows. */
    private static final int LARGEST_INTEGER = 1 << 26;

    private final HpackTable table;
    private final int tableLimit;
    private final HpackField field = new HpackField();
    private final HpackScratch shared;

    private byte[] block = {};
    private byte[] scratch = {};
    private int scratchEnd;
    private byte[] strings = {};
    private int stringAt;
    private int at;
    private int end;

    /**
     * @param tableLimit what our SETTINGS say, in bytes
     * @param scratch shared by the connections of a loop
     */
    public HpackDecoder(int tableLimit, HpackScratch scratch) {
        this.tableLimit = tableLimit;
        this.table = new HpackTable(tableLimit);
        this.shared = scratch;
    }

    /** Whether the block is well formed; if not, the connection must end with COMPRESSION_ERROR. */
    public boolean decode(byte[] source, int start, int length, FieldSink sink) {
        block = source;
        // A name of the table, and what all the rest would decode to: no string can ask for more.
        scratch = shared.atLeast(tableLimit + Huffman.decodedBound(length));
        at = start;
        end = start + length;
        boolean fieldSeen = false;
        while (at < end) {
            int first = block[at] & 0xFF;
            if ((first & 0x80) != 0) {
                if (!indexed(integer(7))) {
                    return false;
                }
            } else if ((first & 0xE0) == SIZE_UPDATE) {
                int size = integer(5);
                if (fieldSeen || size < 0 || size > tableLimit) {
                    return false;
                }
                table.resize(size);
                continue;
            } else {
                boolean incremental = (first & INCREMENTAL) != 0;
                if (!literal(integer(incremental ? 6 : 4))) {
                    return false;
                }
                field.sensitive(!incremental && (first & NEVER_INDEXED) != 0);
                if (incremental) {
                    sink.onField(field);
                    fieldSeen = true;
                    table.add(field);
                    continue;
                }
            }
            sink.onField(field);
            fieldSeen = true;
        }
        return true;
    }

    private boolean indexed(int index) {
        if (index <= 0) {
            return false;
        }
        field.sensitive(false);
        if (index <= HpackStatic.LAST) {
            byte[] name = HpackStatic.name(index);
            byte[] value = HpackStatic.value(index);
            field.name(HpackStatic.nameId(index), name, 0, name.length).value(value, 0, value.length);
            return true;
        }
        int age = index - HpackStatic.LAST - 1;
        if (age >= table.count()) {
            return false;
        }
        int sequence = table.nextSequence() - 1 - age;
        field.name(table.nameId(sequence), table.bytes(), table.nameAt(sequence), table.nameLength(sequence))
                .value(table.bytes(), table.valueAt(sequence), table.valueLength(sequence));
        return true;
    }

    private boolean literal(int nameIndex) {
        if (nameIndex < 0) {
            return false;
        }
        scratchEnd = 0;
        if (nameIndex == 0) {
            int length = string();
            if (length < 0) {
                return false;
            }
            field.name(HeaderName.recognize(strings, stringAt, length), strings, stringAt, length);
        } else {
            if (!indexed(nameIndex)) {
                return false;
            }
            if (nameIndex > HpackStatic.LAST) {
                // Copied: the entry may be evicted, or moved, by the very field that it names.
                System.arraycopy(field.name(), field.nameAt(), scratch, 0, field.nameLength());
                field.name(field.nameId(), scratch, 0, field.nameLength());
                scratchEnd = field.nameLength();
            }
        }
        int length = string();
        if (length < 0) {
            return false;
        }
        field.value(strings, stringAt, length);
        return true;
    }

    /** Reads a string and leaves in {@link #strings} and {@link #stringAt} where it is. Returns its length, or -1. */
    private int string() {
        if (at >= end) {
            return -1;
        }
        boolean huffman = (block[at] & HUFFMAN) != 0;
        int length = integer(7);
        if (length < 0 || length > end - at) {
            return -1;
        }
        int start = at;
        at += length;
        if (!huffman) {
            strings = block;
            stringAt = start;
            return length;
        }
        strings = scratch;
        stringAt = scratchEnd;
        int decoded = Huffman.decode(block, start, length, scratch, scratchEnd);
        scratchEnd += Math.max(decoded, 0);
        return decoded;
    }

    /** An integer with an N-bit prefix (section 5.1); -1 if it is cut off or too large. */
    private int integer(int prefix) {
        int most = (1 << prefix) - 1;
        int value = block[at++] & most;
        if (value < most) {
            return value;
        }
        for (int shift = 0; at < end && shift <= 28; shift += 7) {
            int next = block[at++];
            int bits = next & 0x7F;
            if (shift == 28 && bits != 0) {
                return -1;
            }
            value += bits << shift;
            if (value < 0 || value > LARGEST_INTEGER) {
                return -1;
            }
            if ((next & 0x80) == 0) {
                return value;
            }
        }
        return -1;
    }

    @Override
    public String toString() {
        return "HpackDecoder[entries=" + table.count() + ", size=" + table.size() + ", capacity=" + table.capacity()
                + ']';
    }

    /** For tests: one entry of the dynamic table as text, the newest first. */
    String entryText(int age) {
        if (!indexed(HpackStatic.LAST + 1 + age)) {
            throw new IllegalArgumentException("no dynamic entry " + age + " in " + this);
        }
        return text(field.name(), field.nameAt(), field.nameLength()) + ": "
                + text(field.value(), field.valueAt(), field.valueLength());
    }

    /** For tests. */
    int tableSize() {
        return table.size();
    }

    private static String text(byte[] source, int start, int length) {
        return new String(source, start, length, StandardCharsets.ISO_8859_1);
    }
}
