package dev.weft.proxy.listener;

import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** One listener's wish for any free port: equal to itself only, where two addresses with port 0 would be. Immutable. */
final class EphemeralAddress extends SocketAddress {
    private final String listener;
    private final transient SocketAddress address;

    EphemeralAddress(String listener, SocketAddress address) {
        this.listener = listener;
        this.address = address;
    }

    SocketAddress address() {
        return address;
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof EphemeralAddress that && listener.equals(that.listener) && address.equals(that.address);
    }

    @Override
    public int hashCode() {
        return listener.hashCode();
    }

    @Override
    public String toString() {
        return address.toString();
    }
}
