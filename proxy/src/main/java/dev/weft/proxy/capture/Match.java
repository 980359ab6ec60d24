package dev.weft.proxy.capture;

import java.util.List;

/** One condition of a {@link Rule}. Immutable. */
sealed interface Match {
    /** The transport of a packet. */
    enum Transport implements Match {
        TCP,
        UDP;

        String text() {
            return this == TCP ? "tcp" : "udp";
        }
    }

    /** What conntrack knows about a packet's connection. */
    enum State implements Match {
        ESTABLISHED,
        INVALID
    }

    record InInterface(String name) implements Match {}

    record OutInterface(String name) implements Match {}

    record Source(Cidr range) implements Match {}

    record Destination(Cidr range) implements Match {}

    /** Any of the ports. */
    record DestinationPort(Transport transport, List<Integer> ports) implements Match {
        public DestinationPort {
            ports = List.copyOf(ports);
        }
    }

    record SourcePort(Transport transport, int port) implements Match {}

    /** The process that sends the packet; there is none for packets that come in. */
    record Owner(Kind kind, long id) implements Match {
        enum Kind {
            USER,
            GROUP
        }
    }

    /** The mark of the packet. */
    record Mark(int value) implements Match {}

    /** The mark of the packet's connection. */
    record ConnectionMark(int value) implements Match {}

    /** The opposite. */
    record Not(Match match) implements Match {}
}
