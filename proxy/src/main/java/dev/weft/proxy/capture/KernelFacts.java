package dev.weft.proxy.capture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** What the kernel tells by files. Reads anew each time. */
final class KernelFacts {
    private static final int NET_ADMIN = 12;
    private static final int NET_RAW = 13;
    private final Path root;

    /** @param root of the file system, which tests replace */
    KernelFacts(Path root) {
        this.root = root;
    }

    /** The tables that iptables-legacy has in this network namespace. */
    List<String> legacyTables(Family family) {
        return lines(family == Family.V4 ? "proc/net/ip_tables_names" : "proc/net/ip6_tables_names");
    }

    /** Whether some interface beside lo has an IPv6 address that is not of its link only. */
    boolean hasGlobalIpv6() {
        for (String line : lines("proc/net/if_inet6")) {
            // address, index, prefix length, scope, flags, interface
            String[] parts = line.strip().split(" +");
            if (parts.length == 6 && parts[3].equals("00") && !parts[5].equals("lo")) {
                return true;
            }
        }
        return false;
    }

    /** The name servers of resolv.conf; what is no address there is no server to any resolver either. */
    List<Cidr> nameServers() {
        List<Cidr> servers = new ArrayList<>();
        for (String line : lines("etc/resolv.conf")) {
            String[] words = line.strip().split("\\s+");
            if (words.length > 1 && words[0].equals("nameserver")) {
                try {
                    Cidr server = Cidr.parse(words[1].replaceFirst("%.*", ""));
                    if (!servers.contains(server)) {
                        servers.add(server);
                    }
                } catch (IllegalArgumentException e) {
                    continue;
                }
            }
        }
        return servers;
    }

    /** The capabilities that this process lacks to change the network; empty where the kernel does not tell. */
    List<String> missingCapabilities() {
        for (String line : lines("proc/self/status")) {
            if (line.startsWith("CapEff:")) {
                long has = Long.parseUnsignedLong(
                        line.substring("CapEff:".length()).strip(), 16);
                return List.of(NET_ADMIN, NET_RAW).stream()
                        .filter(bit -> (has >> bit & 1) == 0)
                        .map(bit -> bit == NET_ADMIN ? "NET_ADMIN" : "NET_RAW")
                        .toList();
            }
        }
        return List.of();
    }

    private List<String> lines(String file) {
        try {
            return Files.readAllLines(root.resolve(file));
        } catch (IOException e) {
            return List.of();
        }
    }
}
