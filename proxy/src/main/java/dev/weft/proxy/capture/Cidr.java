package dev.weft.proxy.capture;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** A range of addresses in the form that the kernel's tools print it: host bits zero, IPv6 shortened. Immutable. */
record Cidr(InetAddress address, int prefix) {
    Cidr {
        byte[] bytes = address.getAddress();
        int bits = bytes.length * 8;
        if (prefix < 0 || prefix > bits) {
            throw new IllegalArgumentException("prefix length " + prefix + " is not within 0 to " + bits);
        }
        for (int bit = prefix; bit < bits; bit++) {
            bytes[bit / 8] &= (byte) ~(0x80 >> (bit % 8));
        }
        try {
            address = InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of " + bytes.length + " bytes", e);
        }
    }

    /** @throws IllegalArgumentException with what is wrong: never asks a name server */
    static Cidr parse(String text) {
        int slash = text.indexOf('/');
        InetAddress address;
        try {
            address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no IP address or range (10.0.0.0/8, 2001:db8::/32)", e);
        }
        if (slash < 0) {
            return new Cidr(address, address.getAddress().length * 8);
        }
        try {
            return new Cidr(address, Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' has no prefix length behind its slash", e);
        }
    }

    Family family() {
        return address instanceof Inet4Address ? Family.V4 : Family.V6;
    }

    boolean isSingle() {
        return prefix == address.getAddress().length * 8;
    }

    boolean isLoopback() {
        return address.isLoopbackAddress();
    }

    /** The address without its prefix length. */
    String host() {
        return address instanceof Inet4Address ? address.getHostAddress() : shortened(address.getAddress());
    }

    @Override
    public String toString() {
        return host() + "/" + prefix;
    }

    /** The longest run of at least two zero groups becomes a double colon (RFC 5952). */
    private static String shortened(byte[] bytes) {
        int start = -1;
        int length = 1;
        for (int i = 0; i < 8; i++) {
            int run = 0;
            while (i + run < 8 && group(bytes, i + run) == 0) {
                run++;
            }
            if (run > length) {
                start = i;
                length = run;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += length - 1;
                continue;
            }
            if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
                text.append(':');
            }
            text.append(Integer.toHexString(group(bytes, i)));
        }
        return text.toString();
    }

    private static int group(byte[] bytes, int index) {
        return (bytes[2 * index] & 0xFF) << 8 | bytes[2 * index + 1] & 0xFF;
    }
}
