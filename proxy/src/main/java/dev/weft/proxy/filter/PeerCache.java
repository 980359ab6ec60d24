package dev.weft.proxy.filter;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.model.match.HeaderKey;
import dev.weft.proxy.exchange.PeerMetadata;
import dev.weft.proxy.telemetry.WorkloadMetadata;
import java.util.Arrays;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * Peers by the very bytes of their header, so that a request of a peer seen before costs one comparison and no decoding, also where
 * those bytes are nonsense. One per loop; forgets everything when it is full, since a workload has few peers.
 */
final class PeerCache {
    private static final int SLOTS = 1024;
    private static final int MOST = 500;
    private static final int LONGEST = 16 * 1024;
    private static final int MOST_BYTES = 512 * 1024;

    private byte[][] keys = new byte[SLOTS][];
    private final @Nullable PeerMetadata[] peers = new PeerMetadata[SLOTS];
    private int size;
    private int bytes;

    /** The peer of a header's value (base64 of a Struct), or null where it cannot be read. */
    @Nullable
    PeerMetadata find(byte[] block, int start, int length) {
        if (length > LONGEST) {
            return null;
        }
        int at = HeaderKey.hash(block, start, length) & (SLOTS - 1);
        while (keys[at] != null) {
            if (Arrays.equals(keys[at], 0, keys[at].length, block, start, start + length)) {
                return peers[at];
            }
            at = (at + 1) & (SLOTS - 1);
        }
        return learn(Arrays.copyOfRange(block, start, start + length));
    }

    private @Nullable PeerMetadata learn(byte[] value) {
        PeerMetadata peer = decode(value);
        if (size == MOST || bytes + value.length > MOST_BYTES) {
            keys = new byte[SLOTS][];
            Arrays.fill(peers, null);
            size = 0;
            bytes = 0;
        }
        int at = HeaderKey.hash(value, 0, value.length) & (SLOTS - 1);
        while (keys[at] != null) {
            at = (at + 1) & (SLOTS - 1);
        }
        keys[at] = value;
        peers[at] = peer;
        size++;
        bytes += value.length;
        return peer;
    }

    private static @Nullable PeerMetadata decode(byte[] value) {
        try {
            return WorkloadMetadata.decode("", Base64.getDecoder().decode(value));
        } catch (IllegalArgumentException | InvalidProtocolBufferException unreadable) {
            return null;
        }
    }
}
