package dev.weft.proxy.exchange;

import java.nio.charset.StandardCharsets;

/**
 * The last String made of a byte range, given again while the bytes stay the same.
 *
 * <p>Loop-confined. One client asks for the same host, and mostly for the same few paths, again and again: comparing is
 * cheaper than making a String, and leaves no garbage.
 */
public final class TextCache {
    private String last = "";

    /** The range as text, one char per byte. */
    public String text(byte[] block, int start, int length) {
        if (!ByteRanges.equalsText(block, start, length, last)) {
            last = new String(block, start, length, StandardCharsets.ISO_8859_1);
        }
        return last;
    }
}
