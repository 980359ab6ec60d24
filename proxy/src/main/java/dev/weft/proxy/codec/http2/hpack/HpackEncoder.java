package dev.weft.proxy.codec.http2.hpack;

import dev.weft.proxy.exchange.HeaderId;

/**
 * Encodes header blocks of one connection (RFC 7541) into the loop's scratch array, from where the frame writer takes
 * them.
 *
 * <p>Loop-confined, one per connection; {@link #begin}, fields, then {@link #bytes} and {@link #length} until another
 * connection of the loop begins.
 *
 * <p>Why this design: what is worth a table entry is decided by looking, not by a list of names. A field is entered the
 * second time that it is sent ({@link #remembered} keeps hashes), so request ids and timings never evict the stable
 * headers, whichever these are; of such a field one value is entered for the sake of its name. Short values that are sent once are not Huffman-coded: on a mesh's
 * links the two or three saved bytes cost more CPU at both ends than they are worth.
 */
public final class HpackEncoder {
    private static final int TABLE = 4096;
    private static final int FIELD_SLOTS = 256;
    private static final int NAME_SLOTS = 128;
    private static final int PROBES = 8;
    private static final int MEMORY_SLOTS = 64;
    /** Below this a value that is sent once stays plain. */
    private static final int HUFFMAN_ONCE = 128;
    /** An entry that would push out most of the others is not worth it. */
    private static final int LARGEST_ENTRY = TABLE / 2;

    private static final int NEW_NAME = 0;
    private static final int INDEXED = 0x80;
    private static final int INCREMENTAL = 0x40;
    private static final int SIZE_UPDATE = 0x20;
    private static final int NEVER_INDEXED = 0x10;

    private final HpackScratch scratch;
    private final HpackTable table = new HpackTable(TABLE);
    /** By hash of name and value: sequence number + 1 of an entry, if it is still live and still equal. */
    private int[] fieldSlots = {};
    /** By hash of the name: the same for an entry that brought its name along. */
    private int[] nameSlots = {};

    private int[] remembered = {};
    private int peerLimit = TABLE;
    private int smallestPending = TABLE;
    private boolean resizePending;

    private byte[] out = {};
    private int at;

    /** @param scratch shared by the connections of a loop */
    public HpackEncoder(HpackScratch scratch) {
        this.scratch = scratch;
    }

    /** The peer's SETTINGS_HEADER_TABLE_SIZE; told to it at the start of the next block, as section 4.2 asks. */
    public void peerTableSize(long size) {
        int wanted = (int) Math.min(size, TABLE);
        if (wanted == peerLimit) {
            return;
        }
        peerLimit = wanted;
        smallestPending = Math.min(smallestPending, wanted);
        resizePending = true;
    }

    /** Starts a block. */
    public void begin() {
        out = scratch.atLeast(1024);
        at = 0;
        if (fieldSlots.length == 0) {
            fieldSlots = new int[FIELD_SLOTS];
            nameSlots = new int[NAME_SLOTS];
            remembered = new int[MEMORY_SLOTS];
        }
        if (resizePending) {
            resizePending = false;
            if (smallestPending < peerLimit) {
                integer(SIZE_UPDATE, 5, smallestPending);
                table.resize(smallestPending);
            }
            integer(SIZE_UPDATE, 5, peerLimit);
            table.resize(peerLimit);
            smallestPending = peerLimit;
        }
    }

    /** The array that the block is in. */
    public byte[] bytes() {
        return out;
    }

    /** How many bytes of {@link #bytes} the block has, from the first. */
    public int length() {
        return at;
    }

    /** Adds a field to the block. */
    public void field(HpackField field) {
        room(field.nameLength() + field.valueLength() + 32);
        int nameIndex = HpackStatic.indexOfName(field.nameId());
        if (field.isSensitive() || isSecret(field.nameId())) {
            literal(NEVER_INDEXED, 4, nameIndex != 0 ? nameIndex : dynamicName(field, nameHash(field)), field, false);
            return;
        }
        if (nameIndex != 0) {
            int whole = HpackStatic.indexOf(field);
            if (whole != 0) {
                out[at++] = (byte) (INDEXED | whole);
                return;
            }
        }
        int nameHash = nameHash(field);
        int hash = valueHash(nameHash, field);
        int found = entryOf(field, hash);
        if (found >= 0) {
            integer(INDEXED, 7, index(found));
            return;
        }
        if (nameIndex == 0) {
            nameIndex = dynamicName(field, nameHash);
        }
        boolean worthEntering = wasSent(hash) || (nameIndex == NEW_NAME && wasSent(scramble(nameHash)));
        if (!worthEntering || field.tableSize() > Math.min(LARGEST_ENTRY, peerLimit)) {
            literal(0, 4, nameIndex, field, field.valueLength() >= HUFFMAN_ONCE);
            return;
        }
        literal(INCREMENTAL, 6, nameIndex, field, true);
        int sequence = table.nextSequence();
        table.add(field);
        note(fieldSlots, hash, sequence);
        if (nameIndex == NEW_NAME) {
            note(nameSlots, nameHash, sequence);
        }
    }

    /**
     * Whether the hash is remembered; remembers it. What stands in its place moves to its own second place, as otherwise
     * two stable fields that share a place would make each other forgotten for ever.
     */
    private boolean wasSent(int hash) {
        int first = hash >>> 26;
        if (remembered[first] == hash || remembered[second(hash)] == hash) {
            return true;
        }
        int displaced = remembered[first];
        remembered[second(displaced)] = displaced;
        remembered[first] = hash;
        return false;
    }

    private static int second(int hash) {
        return hash >>> 8 & (MEMORY_SLOTS - 1);
    }

    private static boolean isSecret(int nameId) {
        return nameId == HeaderId.AUTHORIZATION
                || nameId == HeaderId.COOKIE
                || nameId == HeaderId.SET_COOKIE
                || nameId == HeaderId.PROXY_AUTHORIZATION;
    }

    /** Sequence number of the entry that equals the field, or a negative number. */
    private int entryOf(HpackField field, int hash) {
        for (int i = 0; i < PROBES; i++) {
            int noted = fieldSlots[(hash >>> 16) + i & FIELD_SLOTS - 1];
            if (noted == 0) {
                return -1;
            }
            int sequence = noted - 1;
            if (table.isLive(sequence)
                    && table.valueLength(sequence) == field.valueLength()
                    && table.nameEquals(sequence, field)
                    && table.valueEquals(sequence, field)) {
                return sequence;
            }
        }
        return -1;
    }

    /** The index of an entry with the field's name; {@link #NEW_NAME} if none is known. */
    private int dynamicName(HpackField field, int nameHash) {
        for (int i = 0; i < PROBES; i++) {
            int noted = nameSlots[(nameHash >>> 16) + i & NAME_SLOTS - 1];
            if (noted == 0) {
                return NEW_NAME;
            }
            if (table.isLive(noted - 1) && table.nameEquals(noted - 1, field)) {
                return index(noted - 1);
            }
        }
        return NEW_NAME;
    }

    /** Notes an entry at the first place for its hash that holds none, or no live one. */
    private void note(int[] slots, int hash, int sequence) {
        int first = (hash >>> 16) & slots.length - 1;
        int place = first;
        for (int i = 0; i < PROBES; i++) {
            int each = first + i & slots.length - 1;
            if (slots[each] == 0 || !table.isLive(slots[each] - 1)) {
                place = each;
                break;
            }
        }
        slots[place] = sequence + 1;
    }

    private int index(int sequence) {
        return HpackStatic.LAST + table.nextSequence() - sequence;
    }

    private void literal(int form, int prefix, int nameIndex, HpackField field, boolean huffman) {
        integer(form, prefix, nameIndex);
        if (nameIndex == NEW_NAME) {
            string(field.name(), field.nameAt(), field.nameLength(), huffman);
        }
        string(field.value(), field.valueAt(), field.valueLength(), huffman);
    }

    private void string(byte[] source, int start, int length, boolean huffman) {
        if (huffman) {
            int encoded = Huffman.encodedLength(source, start, length);
            if (encoded < length) {
                integer(0x80, 7, encoded);
                at = Huffman.encode(source, start, length, out, at);
                return;
            }
        }
        integer(0, 7, length);
        System.arraycopy(source, start, out, at, length);
        at += length;
    }

    private void integer(int form, int prefix, int value) {
        int most = (1 << prefix) - 1;
        if (value < most) {
            out[at++] = (byte) (form | value);
            return;
        }
        out[at++] = (byte) (form | most);
        int rest = value - most;
        while (rest >= 0x80) {
            out[at++] = (byte) (rest | 0x80);
            rest >>>= 7;
        }
        out[at++] = (byte) rest;
    }

    private void room(int more) {
        if (out.length - at < more) {
            out = scratch.grown(at, more);
        }
    }

    private static int nameHash(HpackField field) {
        int id = field.nameId();
        return id != HeaderId.UNKNOWN
                ? id * 0x9E37_79B1
                : hash(0x51_7C_C1_B7, field.name(), field.nameAt(), field.nameLength()) * 0x9E37_79B1;
    }

    private static int valueHash(int nameHash, HpackField field) {
        return scramble(hash(nameHash, field.value(), field.valueAt(), field.valueLength()));
    }

    private static int scramble(int hash) {
        int mixed = (hash ^ hash >>> 15) * 0x85EB_CA6B;
        return mixed ^ mixed >>> 13;
    }

    private static int hash(int seed, byte[] source, int start, int length) {
        int hash = seed + length;
        int at = start;
        int end = start + length;
        for (; at + 8 <= end; at += 8) {
            long word = (long) HpackScratch.LONGS.get(source, at) * 0x9E37_79B9_7F4A_7C15L;
            hash = (hash ^ (int) (word >>> 32)) * 31;
        }
        for (; at < end; at++) {
            hash = hash * 31 + source[at];
        }
        return hash;
    }

    @Override
    public String toString() {
        return "HpackEncoder[entries=" + table.count() + ", size=" + table.size() + ", capacity=" + table.capacity()
                + ']';
    }
}
