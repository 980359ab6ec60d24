package dev.weft.proxy.agent;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** The few DER forms (ITU-T X.690) that a certificate request is made of. */
final class Der {
    private static final int INTEGER = 0x02;
    private static final int BIT_STRING = 0x03;
    private static final int OCTET_STRING = 0x04;
    private static final int BOOLEAN = 0x01;
    private static final int OID = 0x06;
    private static final int SEQUENCE = 0x30;
    private static final int SET = 0x31;

    private Der() {}

    static byte[] sequence(byte[]... parts) {
        return tagged(SEQUENCE, join(parts));
    }

    static byte[] set(byte[]... parts) {
        return tagged(SET, join(parts));
    }

    /** A context-specific, constructed element. */
    static byte[] context(int number, byte[]... parts) {
        return tagged(0xA0 | number, join(parts));
    }

    /** A context-specific, primitive element with text. */
    static byte[] contextText(int number, String text) {
        return tagged(0x80 | number, text.getBytes(StandardCharsets.US_ASCII));
    }

    static byte[] zero() {
        return tagged(INTEGER, new byte[] {0});
    }

    static byte[] yes() {
        return tagged(BOOLEAN, new byte[] {(byte) 0xFF});
    }

    static byte[] octets(byte[] content) {
        return tagged(OCTET_STRING, content);
    }

    /** A bit string of whole bytes. */
    static byte[] bits(byte[] content) {
        return tagged(BIT_STRING, join(new byte[] {0}, content));
    }

    static byte[] oid(int... arcs) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(arcs[0] * 40 + arcs[1]);
        for (int i = 2; i < arcs.length; i++) {
            int shift = 28;
            while (shift > 0 && arcs[i] >>> shift == 0) {
                shift -= 7;
            }
            for (; shift >= 0; shift -= 7) {
                out.write(arcs[i] >>> shift & 0x7F | (shift > 0 ? 0x80 : 0));
            }
        }
        return tagged(OID, out.toByteArray());
    }

    private static byte[] tagged(int tag, byte[] content) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(content.length + 6);
        out.write(tag);
        int length = content.length;
        if (length < 0x80) {
            out.write(length);
        } else {
            int bytes = length < 0x100 ? 1 : length < 0x10000 ? 2 : 3;
            out.write(0x80 | bytes);
            for (int i = bytes - 1; i >= 0; i--) {
                out.write(length >>> 8 * i);
            }
        }
        out.writeBytes(content);
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
