package dev.weft.proxy.rpc;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the body of a call into its messages: a flag, four bytes of length, the message. Confined to its stream's loop.
 *
 * <p>A message's array grows with what came of it, not with what was announced.
 */
final class MessageReader {
    private static final int PREFIX = 5;
    private static final int FIRST = 16 * 1024;

    private final int most;
    private final byte[] prefix = new byte[PREFIX];
    private int prefixFilled;
    private byte @Nullable [] message;
    private int length;
    private int filled;

    /** @param most bytes of a message */
    MessageReader(int most) {
        this.most = most;
    }

    /**
     * Takes all of {@code data}, which stays the caller's.
     *
     * @throws MalformedMessageException when these are no messages that may be taken
     */
    void read(ByteBuf data, Consumer<byte[]> taker) throws MalformedMessageException {
        while (data.isReadable()) {
            byte[] current = message;
            if (current == null) {
                int take = Math.min(PREFIX - prefixFilled, data.readableBytes());
                data.readBytes(prefix, prefixFilled, take);
                prefixFilled += take;
                if (prefixFilled < PREFIX) {
                    return;
                }
                current = begin();
            }
            int take = Math.min(length - filled, data.readableBytes());
            if (filled + take > current.length) {
                current = Arrays.copyOf(current, (int) Math.min(length, Math.max(2L * current.length, filled + take)));
                message = current;
            }
            data.readBytes(current, filled, take);
            filled += take;
            if (filled == length) {
                message = null;
                prefixFilled = 0;
                taker.accept(current);
            }
        }
    }

    /** Whether a part of a message came and the rest did not. */
    boolean isWithinMessage() {
        return prefixFilled > 0;
    }

    private byte[] begin() throws MalformedMessageException {
        if (prefix[0] != 0) {
            throw new MalformedMessageException("a message is compressed, which was not agreed on");
        }
        long announced =
                (prefix[1] & 0xFFL) << 24 | (prefix[2] & 0xFF) << 16 | (prefix[3] & 0xFF) << 8 | prefix[4] & 0xFF;
        if (announced > most) {
            throw new MalformedMessageException(
                    "a message has " + announced + " bytes, at most " + most + " are taken");
        }
        length = (int) announced;
        filled = 0;
        byte[] fresh = new byte[Math.min(length, FIRST)];
        message = fresh;
        return fresh;
    }

    /** What came is no message; the text says why. */
    static final class MalformedMessageException extends Exception {
        private static final long serialVersionUID = 1;

        MalformedMessageException(String why) {
            super(why);
        }
    }
}
