package dev.weft.proxy.codec.http2;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Streams whose last frame was written and goes out with the next flush. Loop-confined, part of one connection. */
final class FinishList {
    private @Nullable Http2Stream[] streams = new Http2Stream[8];
    private int count;

    /** Adds the stream, once. */
    void add(Http2Stream stream) {
        if (stream.has(Http2Stream.FINISHING)) {
            return;
        }
        stream.bits |= Http2Stream.FINISHING;
        if (count == streams.length) {
            streams = Arrays.copyOf(streams, count * 2);
        }
        streams[count++] = stream;
    }

    /** The flush has happened: tells the users and lets streams go that are over. Users may add others meanwhile. */
    void finish(Streams all) {
        for (int i = 0; i < count; i++) {
            Http2Stream stream = streams[i];
            streams[i] = null;
            if (stream == null) {
                continue;
            }
            stream.bits &= ~Http2Stream.FINISHING;
            stream.onFinished();
            if (!stream.has(Http2Stream.FINISHING)) {
                all.finished(stream);
            } // else it was reset meanwhile and stands behind in the list
        }
        count = 0;
    }
}
