package dev.weft.proxy.capture;

import java.util.List;

/**
 * What shall be captured: the flags of the program, parsed. Immutable.
 *
 * @param ports of the proxy
 * @param owners who the proxy runs as: what they send is not captured again
 */
record CaptureOptions(
        Ports ports, Owners owners, Inbound inbound, Outbound outbound, Interfaces interfaces, Handling handling) {

    /** Which rules are wanted by the kernel for incoming connections. */
    enum Mode {
        /** Addresses are rewritten; the proxy asks the kernel where a connection wanted to go. */
        REDIRECT,
        /** Addresses stay as they are: the proxy's socket is transparent. */
        TPROXY
    }

    /** Which queries for names go to the proxy. */
    enum Dns {
        NONE,
        /** Those to the servers that resolv.conf names. */
        SERVERS,
        /** All to port 53. */
        ALL
    }

    /** What happens to packets that fit no connection. */
    enum Invalid {
        KEEP,
        DROP
    }

    /** Whether there are rules for IPv6. */
    enum Ipv6 {
        /** Where some interface has a global IPv6 address. */
        AUTO,
        ON,
        OFF
    }

    /** @param tunnel of mesh traffic that comes in a tunnel already */
    record Ports(int outbound, int inbound, int tunnel, int dns) {
        static final Ports DEFAULT = new Ports(15_001, 15_006, 15_008, 15_053);
    }

    record Owners(List<Long> users, List<Long> groups) {
        Owners {
            users = List.copyOf(users);
            groups = List.copyOf(groups);
        }
    }

    /**
     * @param mark of packets that go to the transparent socket
     * @param routeTable that sends packets with the mark to this host
     * @param included ports
     * @param excluded ports, beside those of the proxy itself
     */
    record Inbound(Mode mode, int mark, int routeTable, Selection<Integer> included, List<Integer> excluded) {
        Inbound {
            excluded = List.copyOf(excluded);
        }
    }

    /** Ports are captured whatever their address, unless that is excluded. */
    record Outbound(
            Selection<Cidr> included,
            List<Cidr> excluded,
            List<Integer> includedPorts,
            List<Integer> excludedPorts,
            Selection<Long> groups,
            List<Long> excludedGroups) {
        Outbound {
            excluded = List.copyOf(excluded);
            includedPorts = List.copyOf(includedPorts);
            excludedPorts = List.copyOf(excludedPorts);
            excludedGroups = List.copyOf(excludedGroups);
        }
    }

    /**
     * @param virtual those of virtual machines in the pod: what comes in on them is outbound traffic
     * @param excluded nothing on them is captured
     */
    record Interfaces(List<String> virtual, List<String> excluded) {
        Interfaces {
            virtual = List.copyOf(virtual);
            excluded = List.copyOf(excluded);
        }
    }

    record Handling(Dns dns, Invalid invalid, Ipv6 ipv6) {}

    /** Everything, or what is listed. */
    record Selection<T>(boolean all, List<T> listed) {
        Selection {
            listed = List.copyOf(listed);
        }

        boolean isEmpty() {
            return !all && listed.isEmpty();
        }
    }
}
