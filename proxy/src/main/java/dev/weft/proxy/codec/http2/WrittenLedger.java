package dev.weft.proxy.codec.http2;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Whose body bytes were handed to the channel, in order, so that they can be credited when they reached the socket.
 *
 * <p>Loop-confined, one per connection. A stream that is over by then is found out by its number and passed over.
 */
@SuppressWarnings("ReferenceEquality") // streams are themselves, never equal to another
final class WrittenLedger {
    private @Nullable Http2Stream[] streams = new Http2Stream[8];
    private int[] ids = new int[8];
    private int[] amounts = new int[8];
    private int head;
    private int count;
    private long added;
    private long credited;

    /** Bytes of the stream were handed to the channel. */
    void add(Http2Stream stream, int bytes) {
        if (count > 0) {
            int last = (head + count - 1) & (ids.length - 1);
            if (streams[last] == stream && ids[last] == stream.id()) {
                amounts[last] += bytes;
                added += bytes;
                return;
            }
        }
        if (count == ids.length) {
            grow();
        }
        int at = (head + count++) & (ids.length - 1);
        streams[at] = stream;
        ids[at] = stream.id();
        amounts[at] = bytes;
        added += bytes;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /** How far it goes: give it to {@link #credit} when all that was handed over until now is out. */
    long position() {
        return added;
    }

    /** Everything up to this position reached the socket. */
    void credit(Http2Connection owner, long position) {
        long due = position - credited;
        while (count > 0 && due > 0) {
            int at = head;
            int bytes = (int) Math.min(due, amounts[at]);
            due -= bytes;
            credited += bytes;
            Http2Stream stream = streams[at];
            int id = ids[at];
            amounts[at] -= bytes;
            if (amounts[at] == 0) {
                streams[at] = null;
                head = (head + 1) & (ids.length - 1);
                count--;
            }
            if (stream != null && stream.connection == owner && stream.id() == id && stream.isOpen()) {
                stream.onWritten(bytes);
            }
        }
    }

    private void grow() {
        int size = ids.length;
        @Nullable Http2Stream[] oldStreams = streams;
        int[] oldIds = ids;
        int[] oldAmounts = amounts;
        streams = Arrays.copyOf(streams, size * 2);
        ids = new int[size * 2];
        amounts = new int[size * 2];
        for (int i = 0; i < count; i++) {
            int from = (head + i) & (size - 1);
            streams[i] = oldStreams[from];
            ids[i] = oldIds[from];
            amounts[i] = oldAmounts[from];
        }
        Arrays.fill(streams, count, size * 2, null);
        head = 0;
    }
}
