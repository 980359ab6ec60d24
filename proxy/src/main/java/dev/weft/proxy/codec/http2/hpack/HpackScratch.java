package dev.weft.proxy.codec.http2.hpack;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A byte array that a coder uses for the length of one block.
 *
 * <p>Shared by all connections of a loop, because none of them is in the middle of a block when another one begins.
 * Loop-confined.
 */
public final class HpackScratch {
    /** Eight bytes of an array at once, for hashing. */
    static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int KEEP = 64 * 1024;

    private byte[] bytes = new byte[4096];

    /** An array of at least this size; what was in it before is undefined. */
    byte[] atLeast(int size) {
        if (bytes.length < size || (bytes.length > KEEP && size <= KEEP)) {
            bytes = new byte[Math.max(size, 4096)];
        }
        return bytes;
    }

    /** The array with room for {@code more} bytes behind {@code used}, which stay. */
    byte[] grown(int used, int more) {
        if (bytes.length < used + more) {
            bytes = Arrays.copyOf(bytes, Math.max(used + more, bytes.length * 2));
        }
        return bytes;
    }
}
