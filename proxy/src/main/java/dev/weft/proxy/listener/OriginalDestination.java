package dev.weft.proxy.listener;

import io.netty.channel.Channel;
import io.netty.channel.ChannelException;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.unix.RawUnixChannelOption;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/**
 * Asks the kernel where a captured connection wanted to go before a REDIRECT rule sent it here.
 *
 * <p>Only on Linux by epoll; on the connection's loop. Under TPROXY there is nothing to ask: the socket's own address is the one
 * dialled. Surprising: without an entry in the NAT table the kernel may answer success with bytes that are no address, so the
 * answer is checked, not only the absence of an error.
 */
final class OriginalDestination {
    private static final int SOL_IP = 0;
    private static final int SOL_IPV6 = 41;
    private static final int SO_ORIGINAL_DST = 80;
    private static final int AF_INET = 2;
    private static final int AF_INET6 = 10;
    private static final int SOCKADDR_IN = 16;
    private static final int SOCKADDR_IN6 = 28;
    private static final RawUnixChannelOption V4 =
            new RawUnixChannelOption("SO_ORIGINAL_DST", SOL_IP, SO_ORIGINAL_DST, SOCKADDR_IN);
    private static final RawUnixChannelOption V6 =
            new RawUnixChannelOption("IP6T_SO_ORIGINAL_DST", SOL_IPV6, SO_ORIGINAL_DST, SOCKADDR_IN6);

    private OriginalDestination() {}

    /** Where the client wanted to go; the socket's own address where nothing was redirected. */
    static InetSocketAddress of(Channel channel, InetSocketAddress local) {
        if (!(channel instanceof EpollSocketChannel epoll)) {
            return local;
        }
        // An IPv4 connection may come in on an IPv6 socket, so both are asked.
        InetSocketAddress found = ask(epoll, V4);
        if (found == null) {
            found = ask(epoll, V6);
        }
        return found == null ? local : found;
    }

    private static @Nullable InetSocketAddress ask(EpollSocketChannel channel, RawUnixChannelOption option) {
        ByteBuffer answer;
        try {
            answer = channel.config().getOption(option);
        } catch (ChannelException e) {
            return null; // no such entry
        }
        return answer == null ? null : parse(answer);
    }

    /** Reads a {@code sockaddr_in} or {@code sockaddr_in6}; null when it is neither or names no place. */
    static @Nullable InetSocketAddress parse(ByteBuffer answer) {
        if (answer.remaining() < SOCKADDR_IN) {
            return null;
        }
        int at = answer.position();
        int family = answer.duplicate().order(ByteOrder.nativeOrder()).getShort(at) & 0xFFFF;
        int port = answer.duplicate().order(ByteOrder.BIG_ENDIAN).getShort(at + 2) & 0xFFFF;
        byte[] address;
        if (family == AF_INET) {
            address = new byte[4];
            answer.get(at + 4, address);
        } else if (family == AF_INET6 && answer.remaining() >= SOCKADDR_IN6) {
            address = new byte[16];
            answer.get(at + 8, address);
        } else {
            return null;
        }
        try {
            InetAddress host = InetAddress.getByAddress(address);
            return port == 0 || host.isAnyLocalAddress() ? null : new InetSocketAddress(host, port);
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of " + address.length + " bytes", e);
        }
    }
}
