package dev.weft.proxy.dns;

import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * What counts of a query: its question, and how large an answer may be.
 *
 * @param name in lowercase, without a dot at its end
 * @param questionEnd where the question ends in the message
 * @param payload largest answer over UDP that the client takes
 * @param extended whether the client speaks EDNS
 */
record DnsQuery(int id, int flags, String name, int type, int questionEnd, int payload, boolean extended) {
    static final int TYPE_A = 1;
    static final int TYPE_AAAA = 28;
    static final int HEAD = 12;

    private static final int TYPE_OPT = 41;
    private static final int CLASS_IN = 1;
    private static final int RESPONSE = 0x8000;
    private static final int OPCODE = 0x7800;
    private static final int PLAIN_PAYLOAD = 512;
    /** Above it fragments get lost (DNS flag day 2020). */
    private static final int MOST_PAYLOAD = 1232;

    /** Reads a query without changing the buffer; empty for what has not one plain question, which others may understand. */
    static Optional<DnsQuery> parse(ByteBuf message) {
        int start = message.readerIndex();
        int end = message.writerIndex();
        if (end - start < HEAD) {
            return Optional.empty();
        }
        int flags = message.getUnsignedShort(start + 2);
        if ((flags & (RESPONSE | OPCODE)) != 0 || message.getUnsignedShort(start + 4) != 1) {
            return Optional.empty();
        }
        StringBuilder name = new StringBuilder();
        int at = start + HEAD;
        while (true) {
            if (at >= end) {
                return Optional.empty();
            }
            int length = message.getUnsignedByte(at++);
            if (length == 0) {
                break;
            }
            if (length > 63 || at + length > end || name.length() > 255) {
                return Optional.empty();
            }
            if (!name.isEmpty()) {
                name.append('.');
            }
            for (int i = 0; i < length; i++) {
                int c = message.getUnsignedByte(at + i);
                name.append((char) (c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c));
            }
            at += length;
        }
        if (at + 4 > end || message.getUnsignedShort(at + 2) != CLASS_IN) {
            return Optional.empty();
        }
        int type = message.getUnsignedShort(at);
        int questionEnd = at + 4;
        int payload = payload(message, start, questionEnd, end);
        return Optional.of(new DnsQuery(
                message.getUnsignedShort(start),
                flags,
                name.toString(),
                type,
                questionEnd - start,
                Math.min(MOST_PAYLOAD, Math.max(PLAIN_PAYLOAD, payload)),
                payload > 0));
    }

    /** What the client says by EDNS, whose record has the root's name and comes first in a query; 0 where it says nothing. */
    private static int payload(ByteBuf message, int start, int at, int end) {
        boolean first = message.getUnsignedShort(start + 6) == 0 && message.getUnsignedShort(start + 8) == 0;
        boolean there = message.getUnsignedShort(start + 10) > 0 && at + 11 <= end;
        return first && there && message.getByte(at) == 0 && message.getUnsignedShort(at + 1) == TYPE_OPT
                ? Math.max(1, message.getUnsignedShort(at + 3))
                : 0;
    }

    boolean asksForAddresses() {
        return type == TYPE_A || type == TYPE_AAAA;
    }

    static byte[] labels(String name) {
        byte[] text = name.getBytes(StandardCharsets.ISO_8859_1);
        byte[] labels = new byte[text.length + 2];
        int at = 0;
        for (String label : name.split("\\.", -1)) {
            labels[at++] = (byte) label.length();
            for (int i = 0; i < label.length(); i++) {
                labels[at++] = (byte) label.charAt(i);
            }
        }
        return labels;
    }
}
