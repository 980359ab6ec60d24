package dev.weft.proxy.pipeline;

import com.google.common.collect.ImmutableList;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.Listener;
import dev.weft.model.net.SocketAddress;
import java.io.IOException;
import java.net.Socket;
import java.util.Optional;

/**
 * Run by {@link OriginalDestinationTest} in a network namespace of its own, where the kernel redirects all of 10.0.0.0/24 and
 * 2001:db8::/32 to port 15001: connects to several places and prints which listener and chain each connection reached.
 */
public final class CapturedConnection {
    private CapturedConnection() {}

    /** Prints one line per destination. */
    public static void main(String[] args) throws IOException {
        try (ProxyUnderTest proxy = new ProxyUnderTest()) {
            proxy.apply(
                    listener("capture", "0.0.0.0", 15_001, true, "own"),
                    listener("capture6", "::", 15_001, true, "own6"),
                    listener("exact", "10.0.0.1", 80, false, "exact"),
                    listener("wildcard", "0.0.0.0", 81, false, "wildcard"),
                    listener("exact6", "2001:db8::1", 80, false, "exact6"),
                    ofThisHost("metrics", 9090));
            for (String destination : new String[] {
                "10.0.0.1 80",
                "10.0.0.2 81",
                "10.0.0.3 82",
                "10.0.0.4 9090",
                "127.0.0.1 9090",
                "127.0.0.1 15001",
                "2001:db8::1 80",
                "2001:db8::2 90"
            }) {
                String[] parts = destination.split(" ");
                try (Socket socket = new Socket(parts[0], Integer.parseInt(parts[1]))) {
                    socket.setSoTimeout(10_000);
                    String answer = Http.get(socket, "/");
                    int at = answer.indexOf("chain=");
                    System.out.println(destination + " -> " + answer.substring(at + 6, answer.indexOf('\n', at)));
                }
            }
        }
        System.exit(0);
    }

    /** A socket for who dials this host; a connection to the same port of another one is not for it. */
    private static Listener ofThisHost(String name, int port) {
        return new Listener(
                name,
                new SocketAddress.Inet("0.0.0.0", port),
                true,
                false,
                Listener.Direction.UNSPECIFIED,
                Listener.Inspection.NONE,
                ImmutableList.of(Models.chain(name, FilterChainMatch.ANY, Models.http())),
                Optional.empty(),
                ImmutableList.of(),
                Listener.DEFAULT_BUFFER_LIMIT);
    }

    private static Listener listener(String name, String host, int port, boolean capturing, String chain) {
        return new Listener(
                name,
                new SocketAddress.Inet(host, port),
                capturing,
                capturing,
                Listener.Direction.OUTBOUND,
                Listener.Inspection.NONE,
                ImmutableList.of(Models.chain(chain, FilterChainMatch.ANY, Models.http())),
                Optional.empty(),
                ImmutableList.of(),
                Listener.DEFAULT_BUFFER_LIMIT);
    }
}
