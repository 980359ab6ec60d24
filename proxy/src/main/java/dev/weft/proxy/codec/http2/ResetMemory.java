package dev.weft.proxy.codec.http2;

import java.util.Arrays;

/**
 * The streams that we reset last: frames that the peer sent before it knew are passed over, not punished.
 *
 * <p>Loop-confined, one per connection; searched only for frames of streams that are gone.
 */
final class ResetMemory {
    private static final int MOST = 256;

    private int[] ids = {};
    private int added;

    void add(int id) {
        if (added == ids.length && ids.length < MOST) {
            ids = Arrays.copyOf(ids, Math.max(8, ids.length * 2));
        }
        ids[added++ % ids.length] = id;
        if (added == 2 * MOST) {
            added = MOST;
        }
    }

    boolean contains(int id) {
        for (int each : ids) {
            if (each == id) {
                return true;
            }
        }
        return false;
    }
}
