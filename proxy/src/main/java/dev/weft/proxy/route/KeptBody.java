package dev.weft.proxy.route;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * Body bytes of a request that were not sent yet, or that another try may have to send again. Loop-confined; part of a call and
 * reused. Owns what it holds.
 *
 * <p>Nothing is copied: what is sent while it is kept goes out as a duplicate of the same memory.
 */
final class KeptBody {
    private ByteBuf[] buffers = new ByteBuf[4];
    private int count;
    private int sent;
    private int bytes;
    private boolean keeping;
    private boolean complete = true;

    /** @param keep whether sent bytes stay for another try */
    void begin(boolean keep) {
        keeping = keep;
        complete = true;
    }

    /** Takes bytes behind the others. */
    void add(ByteBuf data) {
        if (count == buffers.length) {
            buffers = Arrays.copyOf(buffers, count * 2);
        }
        buffers[count++] = data;
        bytes += data.readableBytes();
    }

    boolean isKeeping() {
        return keeping;
    }

    /** Whether all bytes of the body so far are there, so that it can be sent from the start. */
    boolean isComplete() {
        return complete;
    }

    /** Bytes that went out and were not kept. */
    void passed() {
        complete = false;
    }

    int bytes() {
        return bytes;
    }

    boolean hasUnsent() {
        return sent < count;
    }

    /** Whether the next one is the last. */
    boolean isLastUnsent() {
        return sent == count - 1;
    }

    /** The next one to send; the callee owns it. */
    ByteBuf next() {
        ByteBuf data = buffers[sent++];
        if (keeping) {
            return data.retainedDuplicate();
        }
        complete = false;
        bytes -= data.readableBytes();
        if (sent == count) {
            sent = 0;
            count = 0;
        }
        return data;
    }

    /** The next try sends all again. */
    void rewind() {
        sent = 0;
    }

    /** No other try will come: drops what was sent, keeps what was not. */
    void stopKeeping() {
        if (!keeping) {
            return;
        }
        keeping = false;
        for (int i = 0; i < sent; i++) {
            bytes -= buffers[i].readableBytes();
            buffers[i].release();
            complete = false;
        }
        int left = count - sent;
        System.arraycopy(buffers, sent, buffers, 0, left);
        count = left;
        sent = 0;
    }

    /** Drops all. */
    void clear() {
        int from = keeping ? 0 : sent;
        for (int i = from; i < count; i++) {
            buffers[i].release();
        }
        count = 0;
        sent = 0;
        bytes = 0;
        keeping = false;
        complete = true;
    }
}
