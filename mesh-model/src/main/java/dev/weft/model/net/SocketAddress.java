package dev.weft.model.net;

import com.google.errorprone.annotations.Immutable;

/** Where to listen or to connect. */
@Immutable
public sealed interface SocketAddress {
    /** The form logs and Envoy's admin pages show: {@code 10.0.0.1:80}, {@code [::1]:80} or a path. */
    String text();

    /** An IP address (or a DNS name where a DNS cluster allows one) and a port. */
    record Inet(String host, int port) implements SocketAddress {
        public Inet {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port " + port + " is outside 0 to 65535");
            }
        }

        @Override
        public String text() {
            return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
        }
    }

    /** A Unix socket; a leading {@code @} means the abstract namespace. */
    record Pipe(String path) implements SocketAddress {
        @Override
        public String text() {
            return path;
        }
    }
}
