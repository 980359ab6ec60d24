package dev.weft.proxy.listener;

import com.google.common.collect.ImmutableList;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Reads server name and ALPN list from the first bytes of a connection, without consuming them. Pure; fed from {@link
 * ProtocolSniffer} with all bytes so far.
 *
 * <p>The message may be split over records of any size; it may have 16 KiB at most. Bytes that are no ClientHello make the
 * connection plaintext, as in Envoy, so that any other protocol gets through.
 */
final class ClientHello {
    static final int MOST_BYTES = 16 * 1024;

    private static final int RECORD_HEADER = 5;
    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int MESSAGE_HEADER = 4;
    private static final int RANDOM = 32;
    private static final int SERVER_NAME = 0;
    private static final int ALPN = 16;
    private static final int HOST_NAME = 0;

    private ClientHello() {}

    /** What the bytes so far are. */
    sealed interface Result {
        /** Could become a ClientHello. */
        record NeedMore() implements Result {
            static final NeedMore INSTANCE = new NeedMore();
        }

        record NotTls() implements Result {
            static final NotTls INSTANCE = new NotTls();
        }

        /** A ClientHello beyond {@link #MOST_BYTES}. */
        record TooLarge() implements Result {
            static final TooLarge INSTANCE = new TooLarge();
        }

        /** {@code serverName} is lower case, null where there is none. */
        record Found(@Nullable String serverName, ImmutableList<String> alpn) implements Result {}
    }

    static Result parse(ByteBuf in) {
        int start = in.readerIndex();
        int end = in.writerIndex();
        byte[] message = new byte[0];
        int filled = 0;
        int at = start;
        while (true) {
            Result early = checkRecordHeader(in, at, end);
            if (early != null) {
                return early;
            }
            int length = in.getUnsignedShort(at + 3);
            int present = Math.min(length, end - at - RECORD_HEADER);
            if (filled == 0) {
                // The message's own header comes first; it tells how much is to come.
                if (present >= 1 && in.getUnsignedByte(at + RECORD_HEADER) != CLIENT_HELLO) {
                    return Result.NotTls.INSTANCE;
                }
            }
            if (present < length) {
                return tooLarge(in, at, present, message, filled) ? Result.TooLarge.INSTANCE : Result.NeedMore.INSTANCE;
            }
            if (filled + length > MOST_BYTES + MESSAGE_HEADER) {
                return Result.TooLarge.INSTANCE;
            }
            byte[] grown = new byte[filled + length];
            System.arraycopy(message, 0, grown, 0, filled);
            in.getBytes(at + RECORD_HEADER, grown, filled, length);
            message = grown;
            filled += length;
            at += RECORD_HEADER + length;
            if (filled >= MESSAGE_HEADER) {
                int size = (message[1] & 0xFF) << 16 | (message[2] & 0xFF) << 8 | message[3] & 0xFF;
                if (size > MOST_BYTES) {
                    return Result.TooLarge.INSTANCE;
                }
                if (filled >= MESSAGE_HEADER + size) {
                    return parseMessage(message, size);
                }
            }
        }
    }

    /** Null when there is a whole and plausible header. */
    private static @Nullable Result checkRecordHeader(ByteBuf in, int at, int end) {
        int present = end - at;
        if (present >= 1 && in.getUnsignedByte(at) != HANDSHAKE
                || present >= 2 && in.getUnsignedByte(at + 1) != 3
                || present >= 3 && in.getUnsignedByte(at + 2) > 4) {
            return Result.NotTls.INSTANCE;
        }
        if (present < RECORD_HEADER) {
            return Result.NeedMore.INSTANCE;
        }
        int length = in.getUnsignedShort(at + 3);
        return length == 0 || length > MOST_BYTES ? Result.NotTls.INSTANCE : null;
    }

    /** Whether the announced size of the message alone is too much, before all of it is there. */
    private static boolean tooLarge(ByteBuf in, int at, int present, byte[] message, int filled) {
        if (filled > 0 || present < MESSAGE_HEADER) {
            return filled >= MESSAGE_HEADER
                    && ((message[1] & 0xFF) << 16 | (message[2] & 0xFF) << 8 | message[3] & 0xFF) > MOST_BYTES;
        }
        return in.getUnsignedMedium(at + RECORD_HEADER + 1) > MOST_BYTES;
    }

    private static Result parseMessage(byte[] message, int size) {
        Cursor hello = new Cursor(message, MESSAGE_HEADER, MESSAGE_HEADER + size);
        hello.skip(2 + RANDOM);
        hello.skip(hello.u8()); // session id
        hello.skip(hello.u16()); // cipher suites
        hello.skip(hello.u8()); // compression
        if (hello.broken) {
            return Result.NotTls.INSTANCE;
        }
        if (hello.left() == 0) {
            return new Result.Found(null, ImmutableList.of());
        }
        Cursor extensions = hello.sub(hello.u16());
        String serverName = null;
        ImmutableList<String> alpn = ImmutableList.of();
        while (!extensions.broken && extensions.left() > 0) {
            int type = extensions.u16();
            Cursor content = extensions.sub(extensions.u16());
            if (type == SERVER_NAME) {
                serverName = serverName(content);
            } else if (type == ALPN) {
                alpn = protocols(content);
            }
            extensions.broken |= content.broken;
        }
        return extensions.broken || hello.broken ? Result.NotTls.INSTANCE : new Result.Found(serverName, alpn);
    }

    private static @Nullable String serverName(Cursor content) {
        Cursor names = content.sub(content.u16());
        while (!names.broken && names.left() > 0) {
            int type = names.u8();
            Cursor name = names.sub(names.u16());
            if (type == HOST_NAME && !names.broken) {
                return name.text().toLowerCase(Locale.ROOT);
            }
        }
        content.broken |= names.broken;
        return null;
    }

    private static ImmutableList<String> protocols(Cursor content) {
        Cursor list = content.sub(content.u16());
        ImmutableList.Builder<String> protocols = ImmutableList.builder();
        while (!list.broken && list.left() > 0) {
            Cursor protocol = list.sub(list.u8());
            if (!list.broken) {
                protocols.add(protocol.text());
            }
        }
        content.broken |= list.broken;
        return protocols.build();
    }

    /** Walks bytes; past the end it reads zeros and remembers that it did. */
    private static final class Cursor {
        private final byte[] bytes;
        private int at;
        private final int end;
        private boolean broken;

        Cursor(byte[] bytes, int at, int end) {
            this.bytes = bytes;
            this.at = at;
            this.end = end;
        }

        int left() {
            return end - at;
        }

        int u8() {
            if (at >= end) {
                broken = true;
                return 0;
            }
            return bytes[at++] & 0xFF;
        }

        int u16() {
            return u8() << 8 | u8();
        }

        void skip(int count) {
            if (count > end - at) {
                broken = true;
                at = end;
            } else {
                at += count;
            }
        }

        Cursor sub(int length) {
            int from = at;
            skip(length);
            return new Cursor(bytes, from, at);
        }

        String text() {
            return new String(bytes, at, end - at, StandardCharsets.ISO_8859_1);
        }
    }
}
