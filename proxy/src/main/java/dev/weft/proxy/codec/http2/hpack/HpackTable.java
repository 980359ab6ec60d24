package dev.weft.proxy.codec.http2.hpack;

import java.util.Arrays;

/**
 * The dynamic table of RFC 7541 section 2.3.2: entries are added in front and evicted behind.
 *
 * <p>Owned by one decoder or encoder, loop-confined. Each entry has a sequence number that never changes (0 is the first
 * ever added); the index on the wire is the distance from the newest.
 *
 * <p>Why this design: names and values lie one behind the other in one array through which the live bytes slide; when its
 * end is reached they move to the front. With room for twice the table's size a move happens at most once per table's
 * size of added bytes, so every byte is moved less than twice, and a range is never split as it would be in a ring.
 * The arrays start small and grow with use: an idle connection costs little.
 */
final class HpackTable {
    /** What an entry counts beside its bytes. */
    static final int ENTRY_OVERHEAD = 32;

    private static final int STRIDE = 4;
    private static final int POSITION = 0;
    private static final int NAME_LENGTH = 1;
    private static final int VALUE_LENGTH = 2;
    private static final int NAME_ID = 3;

    private final int largest;
    private int capacity;
    private byte[] bytes = {};
    private int bytesEnd;
    private int[] entries = new int[16 * STRIDE];
    private int mask = 15;
    private int added;
    private int count;
    private int size;

    HpackTable(int largest) {
        this.largest = largest;
        this.capacity = largest;
    }

    int capacity() {
        return capacity;
    }

    int size() {
        return size;
    }

    int count() {
        return count;
    }

    /** The sequence number that the next entry will have. */
    int nextSequence() {
        return added;
    }

    boolean isLive(int sequence) {
        int age = added - 1 - sequence;
        return age >= 0 && age < count;
    }

    /** Changes the capacity, at most the size given to the constructor, and evicts what no longer fits. */
    void resize(int value) {
        capacity = value;
        evictFor(0);
    }

    /** Adds an entry. The field's ranges must not lie in this table's own {@link #bytes}. */
    void add(HpackField field) {
        int length = field.nameLength() + field.valueLength();
        int entrySize = length + ENTRY_OVERHEAD;
        evictFor(entrySize);
        if (entrySize > capacity) {
            return; // section 4.4: an entry that is too large empties the table
        }
        reserve(length);
        if (count > mask) {
            growEntries();
        }
        int at = (added & mask) * STRIDE;
        entries[at + POSITION] = bytesEnd;
        entries[at + NAME_LENGTH] = field.nameLength();
        entries[at + VALUE_LENGTH] = field.valueLength();
        entries[at + NAME_ID] = field.nameId();
        System.arraycopy(field.name(), field.nameAt(), bytes, bytesEnd, field.nameLength());
        System.arraycopy(field.value(), field.valueAt(), bytes, bytesEnd + field.nameLength(), field.valueLength());
        bytesEnd += length;
        added++;
        count++;
        size += entrySize;
    }

    /** The bytes that the ranges of entries point into; replaced by {@link #add}. */
    byte[] bytes() {
        return bytes;
    }

    int nameId(int sequence) {
        return entries[(sequence & mask) * STRIDE + NAME_ID];
    }

    int nameAt(int sequence) {
        return entries[(sequence & mask) * STRIDE + POSITION];
    }

    int nameLength(int sequence) {
        return entries[(sequence & mask) * STRIDE + NAME_LENGTH];
    }

    int valueAt(int sequence) {
        return nameAt(sequence) + nameLength(sequence);
    }

    int valueLength(int sequence) {
        return entries[(sequence & mask) * STRIDE + VALUE_LENGTH];
    }

    /** Whether the entry has the field's name. */
    boolean nameEquals(int sequence, HpackField field) {
        int at = nameAt(sequence);
        return Arrays.equals(
                bytes,
                at,
                at + nameLength(sequence),
                field.name(),
                field.nameAt(),
                field.nameAt() + field.nameLength());
    }

    /** Whether the entry has the field's value. */
    boolean valueEquals(int sequence, HpackField field) {
        int at = valueAt(sequence);
        return Arrays.equals(
                bytes,
                at,
                at + valueLength(sequence),
                field.value(),
                field.valueAt(),
                field.valueAt() + field.valueLength());
    }

    private void evictFor(int entrySize) {
        while (count > 0 && size + entrySize > capacity) {
            int oldest = added - count;
            size -= nameLength(oldest) + valueLength(oldest) + ENTRY_OVERHEAD;
            count--;
        }
    }

    private void reserve(int length) {
        if (bytesEnd + length <= bytes.length) {
            return;
        }
        int from = count == 0 ? bytesEnd : nameAt(added - count);
        int live = bytesEnd - from;
        byte[] target = bytes;
        if (live + length > bytes.length / 2 && bytes.length < 2 * largest) {
            target = new byte[Math.min(2 * largest, Math.max(256, Math.max(bytes.length * 2, (live + length) * 2)))];
        }
        System.arraycopy(bytes, from, target, 0, live);
        bytes = target;
        bytesEnd = live;
        for (int sequence = added - count; sequence != added; sequence++) {
            entries[(sequence & mask) * STRIDE + POSITION] -= from;
        }
    }

    private void growEntries() {
        int newMask = mask * 2 + 1;
        int[] grown = new int[(newMask + 1) * STRIDE];
        for (int sequence = added - count; sequence != added; sequence++) {
            System.arraycopy(entries, (sequence & mask) * STRIDE, grown, (sequence & newMask) * STRIDE, STRIDE);
        }
        entries = grown;
        mask = newMask;
    }
}
