package dev.weft.proxy.rpc;

import com.google.common.collect.ImmutableList;
import com.google.common.net.InetAddresses;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** Where a channel's connections may go: asked before the first one, and anew when the addresses known have failed. */
@FunctionalInterface
public interface AddressSource {
    /** Finds the addresses; the answer comes once, on any thread. */
    void find(Answer answer);

    /** Takes what was found. */
    interface Answer {
        /** The addresses in the order in which they are to be tried; at least one. */
        void found(ImmutableList<SocketAddress> addresses);

        /** There is none, for this reason. */
        void failed(String problem);
    }

    /** Always the same one. */
    static AddressSource fixed(SocketAddress address) {
        ImmutableList<SocketAddress> one = ImmutableList.of(address);
        return answer -> answer.found(one);
    }

    /**
     * What the system's resolver says of a host, its search domains included. Where it has several addresses each proxy begins at
     * another one, so that replicas share the load and a lost one is passed over.
     */
    static AddressSource named(String host, int port) {
        if (InetAddresses.isInetAddress(host)) {
            return fixed(new InetSocketAddress(InetAddresses.forString(host), port));
        }
        // That resolver blocks. A thread for each of the few lookups: the first virtual one would bring a pool of
        // carriers, which
        // stays.
        return answer -> Thread.ofPlatform().daemon().name("weft-names").start(() -> lookUp(host, port, answer));
    }

    private static void lookUp(String host, int port, Answer answer) {
        List<SocketAddress> addresses = new ArrayList<>();
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                addresses.add(new InetSocketAddress(address, port));
            }
        } catch (UnknownHostException e) {
            answer.failed("the name " + host + " does not resolve: " + e.getMessage());
            return;
        }
        Collections.shuffle(addresses, new Random());
        answer.found(ImmutableList.copyOf(addresses));
    }
}
