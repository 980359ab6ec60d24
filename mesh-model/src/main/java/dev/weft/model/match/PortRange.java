package dev.weft.model.match;

import com.google.errorprone.annotations.Immutable;

/** Ports in {@code [start, end)}. */
@Immutable
public record PortRange(int start, int end) {
    public static PortRange single(int port) {
        return new PortRange(port, port + 1);
    }

    public boolean contains(int port) {
        return port >= start && port < end;
    }
}
