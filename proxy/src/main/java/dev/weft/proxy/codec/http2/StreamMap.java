package dev.weft.proxy.codec.http2;

import org.jspecify.annotations.Nullable;

/**
 * The open streams of one connection by their number.
 *
 * <p>Loop-confined. Open addressing with linear probing; removing shifts the followers back, so there are no tombstones.
 * Stream numbers of one side are all odd or all even: without their last bit they fill the slots evenly.
 */
final class StreamMap {
    private static final int FIRST_SLOTS = 8;

    private @Nullable Http2Stream[] slots = new Http2Stream[FIRST_SLOTS];
    private int mask = FIRST_SLOTS - 1;
    private int size;

    int size() {
        return size;
    }

    @Nullable
    Http2Stream find(int id) {
        int slot = slot(id);
        while (true) {
            Http2Stream stream = slots[slot];
            if (stream == null || stream.id() == id) {
                return stream;
            }
            slot = (slot + 1) & mask;
        }
    }

    void add(Http2Stream stream) {
        if (++size * 4 > slots.length * 3) {
            grow();
        }
        place(stream);
    }

    void remove(int id) {
        int slot = slot(id);
        Http2Stream found = slots[slot];
        while (found != null && found.id() != id) {
            slot = (slot + 1) & mask;
            found = slots[slot];
        }
        if (found == null) {
            return;
        }
        size--;
        int gap = slot;
        int next = (slot + 1) & mask;
        Http2Stream follower = slots[next];
        while (follower != null) {
            int home = slot(follower.id());
            if (((next - home) & mask) >= ((next - gap) & mask)) {
                slots[gap] = follower;
                gap = next;
            }
            next = (next + 1) & mask;
            follower = slots[next];
        }
        slots[gap] = null;
    }

    /** All streams as they are now, in no order; a copy, so that what is done with one may close others. */
    Http2Stream[] snapshot() {
        Http2Stream[] copy = new Http2Stream[size];
        int count = 0;
        for (Http2Stream stream : slots) {
            if (stream != null) {
                copy[count++] = stream;
            }
        }
        return copy;
    }

    private int slot(int id) {
        return (id >>> 1) & mask;
    }

    private void place(Http2Stream stream) {
        int slot = slot(stream.id());
        while (slots[slot] != null) {
            slot = (slot + 1) & mask;
        }
        slots[slot] = stream;
    }

    private void grow() {
        @Nullable Http2Stream[] old = slots;
        slots = new Http2Stream[old.length * 2];
        mask = slots.length - 1;
        for (Http2Stream stream : old) {
            if (stream != null) {
                place(stream);
            }
        }
    }
}
