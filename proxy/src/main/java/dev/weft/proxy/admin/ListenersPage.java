package dev.weft.proxy.admin;

import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.listener.Listeners;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** {@code /listeners}: the listeners with a socket, and the addresses that they have. Immutable. */
final class ListenersPage {
    private final Listeners listeners;

    ListenersPage(Listeners listeners) {
        this.listeners = listeners;
    }

    Answer answer(AdminRequest request) {
        Map<String, SocketAddress> bound = new TreeMap<>();
        listeners
                .stats()
                .keySet()
                .forEach(name -> listeners.boundAddress(name).ifPresent(address -> bound.put(name, address)));
        if (request.value("format").equals("json")) {
            List<Object> statuses = new ArrayList<>();
            bound.forEach((name, address) -> statuses.add(Answer.object("name", name, "local_address", tree(address))));
            return Answer.tree(Answer.object("listener_statuses", statuses));
        }
        StringBuilder out = new StringBuilder();
        bound.forEach((name, address) ->
                out.append(name).append("::").append(text(address)).append('\n'));
        return Answer.text(out.toString());
    }

    static String text(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? ConnectionFacts.text(inet) : address.toString();
    }

    private static Map<String, Object> tree(SocketAddress address) {
        return address instanceof InetSocketAddress inet
                ? Answer.object(
                        "socket_address",
                        Answer.object("address", inet.getAddress().getHostAddress(), "port_value", inet.getPort()))
                : Answer.object("pipe", Answer.object("path", address.toString()));
    }
}
