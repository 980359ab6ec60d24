package dev.weft.cli.demo;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * All ports of one demo, computed from its base: ten for each program, in the order of {@link Program}. The YAML that is shipped has the
 * ports of {@link #SHIPPED_BASE}; another base shifts every one of them, so that two demos run side by side.
 *
 * @param base port of the front door; from 1024, and {@link #SPAN} ports from it on belong to the demo
 */
record DemoPorts(int base) {
    static final int SHIPPED_BASE = 18_000;
    static final int SPAN = 100;

    private static final int PER_PROGRAM = 10;
    private static final Pattern SHIPPED = Pattern.compile("\\b180(\\d\\d)\\b");

    DemoPorts {
        if (base < 1024 || base > 65_535 - SPAN) {
            throw new IllegalArgumentException("port base: expected 1024 to " + (65_535 - SPAN) + ", found " + base);
        }
    }

    /** The sidecar's port for the mesh. */
    int inbound(Program program) {
        return base + PER_PROGRAM * program.ordinal();
    }

    /** The program's own port. */
    int app(Program program) {
        return inbound(program) + 1;
    }

    /** The sidecar as a forward proxy. */
    int httpProxy(Program program) {
        return inbound(program) + 2;
    }

    int admin(Program program) {
        return inbound(program) + 3;
    }

    int status(Program program) {
        return inbound(program) + 4;
    }

    int xds() {
        return base + 8;
    }

    int http() {
        return base + 9;
    }

    /** Every port that the demo will listen on. */
    ImmutableList<Integer> all() {
        ImmutableList.Builder<Integer> ports = ImmutableList.builder();
        for (Program program : Program.values()) {
            ports.add(inbound(program), app(program), httpProxy(program), admin(program), status(program));
        }
        return ports.add(xds(), http()).build();
    }

    /** The first port that something else listens on. */
    OptionalInt taken() {
        return all().stream()
                .mapToInt(Integer::intValue)
                .filter(port -> !free(port))
                .findFirst();
    }

    /** YAML with the shipped ports, for this base. */
    String shift(String shipped) {
        return SHIPPED.matcher(shipped).replaceAll(match -> String.valueOf(base + Integer.parseInt(match.group(1))));
    }

    private static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            // Without reuse, a socket that only waits for its end would count as taken.
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
