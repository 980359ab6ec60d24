package dev.weft.model.net;

import com.google.common.net.InetAddresses;
import com.google.errorprone.annotations.Immutable;

/** An address prefix. An IPv4 range never contains an IPv6 address, as in Envoy. */
@Immutable
public final class CidrRange {
    private final String address;
    private final int prefixLength;

    @SuppressWarnings("Immutable") // written once, never handed out
    private final byte[] bytes;

    private CidrRange(String address, int prefixLength, byte[] bytes) {
        this.address = address;
        this.prefixLength = prefixLength;
        this.bytes = bytes;
    }

    /** @throws IllegalArgumentException when {@code address} is no IP address or the length does not fit its family */
    public static CidrRange of(String address, int prefixLength) {
        byte[] bytes = InetAddresses.forString(address).getAddress();
        if (prefixLength < 0 || prefixLength > bytes.length * 8) {
            throw new IllegalArgumentException(
                    "prefix length " + prefixLength + " of " + address + " is outside 0 to " + bytes.length * 8);
        }
        return new CidrRange(address, prefixLength, bytes);
    }

    /** Reads {@code 10.0.0.0/8} or a single address. */
    public static CidrRange parse(String text) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            return of(text, InetAddresses.forString(text).getAddress().length * 8);
        }
        try {
            return of(text.substring(0, slash), Integer.parseInt(text.substring(slash + 1)));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is no address range: the prefix length is no number", e);
        }
    }

    public String address() {
        return address;
    }

    public int prefixLength() {
        return prefixLength;
    }

    /** Whether the raw address (4 or 16 bytes) lies inside. */
    public boolean contains(byte[] other) {
        if (other.length != bytes.length) {
            return false;
        }
        int whole = prefixLength / 8;
        for (int i = 0; i < whole; i++) {
            if (bytes[i] != other[i]) {
                return false;
            }
        }
        int rest = prefixLength % 8;
        if (rest == 0) {
            return true;
        }
        int mask = 0xFF << (8 - rest);
        return ((bytes[whole] ^ other[whole]) & mask & 0xFF) == 0;
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof CidrRange other && address.equals(other.address) && prefixLength == other.prefixLength;
    }

    @Override
    public int hashCode() {
        return address.hashCode() * 31 + prefixLength;
    }

    @Override
    public String toString() {
        return address + "/" + prefixLength;
    }
}
