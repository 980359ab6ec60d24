package dev.weft.proxy.dns;

import com.google.common.collect.ImmutableList;
import io.netty.buffer.ByteBuf;
import java.util.random.RandomGenerator;

/** Writes answers. The question is repeated as it came, its upper and lower case too. */
final class DnsAnswer {
    static final int SERVER_FAILURE = 2;
    static final int REFUSED = 5;

    private static final int RESPONSE = 0x8000;
    private static final int AUTHORITATIVE = 0x0400;
    private static final int TRUNCATED = 0x0200;
    private static final int RECURSION_DESIRED = 0x0100;
    private static final int RECURSION_AVAILABLE = 0x0080;
    private static final int TYPE_CNAME = 5;
    private static final int CLASS_IN = 1;
    private static final int POINTER_TO_QUESTION = 0xC000 | DnsQuery.HEAD;
    private static final int FIXED = 12;
    private static final int TTL_SECONDS = 30;
    private static final byte[] OPT = {0, 0, 41, 0x04, (byte) 0xD0, 0, 0, 0, 0, 0, 0};

    private DnsAnswer() {}

    /** A refusal of whatever was asked, as far as the question can be told. */
    static ByteBuf failure(ByteBuf query, int questionEnd, int code, ByteBuf out) {
        int start = query.readerIndex();
        out.writeShort(query.getUnsignedShort(start));
        out.writeShort(RESPONSE | RECURSION_AVAILABLE | (query.getUnsignedShort(start + 2) & RECURSION_DESIRED) | code);
        out.writeShort(questionEnd > DnsQuery.HEAD ? 1 : 0).writeZero(6);
        out.writeBytes(query, start + DnsQuery.HEAD, Math.max(0, questionEnd - DnsQuery.HEAD));
        return out;
    }

    /**
     * The addresses of a name of the mesh. No address of the family that was asked for is an answer too, or else resolvers would go on
     * to look for the name elsewhere. Many addresses begin at a random one each time.
     *
     * @param most bytes that the client takes
     */
    static ByteBuf addresses(
            ByteBuf message, DnsQuery query, NameTable.Found found, int most, RandomGenerator random, ByteBuf out) {
        ImmutableList<byte[]> addresses = query.type() == DnsQuery.TYPE_A
                ? found.addresses().v4()
                : found.addresses().v6();
        byte[] alias = found.canonical().map(DnsQuery::labels).orElse(new byte[0]);
        int head = query.questionEnd()
                + (alias.length > 0 ? FIXED + alias.length : 0)
                + (query.extended() ? OPT.length : 0);
        int each = addresses.isEmpty() ? 1 : FIXED + addresses.get(0).length;
        int fit = Math.min(addresses.size(), Math.max(0, (most - head) / each));
        int flags = RESPONSE | AUTHORITATIVE | RECURSION_AVAILABLE | (query.flags() & RECURSION_DESIRED);
        out.writeShort(query.id());
        out.writeShort(fit < addresses.size() ? flags | TRUNCATED : flags);
        out.writeShort(1);
        out.writeShort(fit + (alias.length > 0 ? 1 : 0));
        out.writeShort(0);
        out.writeShort(query.extended() ? 1 : 0);
        out.writeBytes(message, message.readerIndex() + DnsQuery.HEAD, query.questionEnd() - DnsQuery.HEAD);
        int owner = POINTER_TO_QUESTION;
        if (alias.length > 0) {
            record(out, owner, TYPE_CNAME, alias.length);
            owner = 0xC000 | out.writerIndex();
            out.writeBytes(alias);
        }
        int first = fit > 1 ? random.nextInt(addresses.size()) : 0;
        for (int i = 0; i < fit; i++) {
            byte[] address = addresses.get((first + i) % addresses.size());
            record(out, owner, query.type(), address.length);
            out.writeBytes(address);
        }
        if (query.extended()) {
            out.writeBytes(OPT);
        }
        return out;
    }

    private static void record(ByteBuf out, int owner, int type, int length) {
        out.writeShort(owner)
                .writeShort(type)
                .writeShort(CLASS_IN)
                .writeInt(TTL_SECONDS)
                .writeShort(length);
    }
}
