package dev.weft.proxy.listener;

import com.google.common.collect.ImmutableList;
import dev.weft.model.match.ConnectionFacts;
import dev.weft.model.match.SourceType;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** What is known of a connection when its filter chain is chosen: addresses and what was sniffed; no peer yet. Immutable. */
record ArrivalFacts(InetSocketAddress remote, InetSocketAddress destination, Sniffed sniffed)
        implements ConnectionFacts {
    @Override
    public byte[] directRemoteAddress() {
        return dev.weft.proxy.exchange.ConnectionFacts.bytes(remote);
    }

    @Override
    public int directRemotePort() {
        return remote.getPort();
    }

    @Override
    public byte[] remoteAddress() {
        return directRemoteAddress();
    }

    @Override
    public byte[] localAddress() {
        return dev.weft.proxy.exchange.ConnectionFacts.bytes(destination);
    }

    @Override
    public int localPort() {
        return destination.getPort();
    }

    @Override
    public @Nullable String requestedServerName() {
        return sniffed.serverName();
    }

    @Override
    public String transportProtocol() {
        return sniffed.transport();
    }

    @Override
    public ImmutableList<String> applicationProtocols() {
        return sniffed.protocols();
    }

    @Override
    public SourceType sourceType() {
        return dev.weft.proxy.exchange.ConnectionFacts.sourceType(remote, destination);
    }

    @Override
    public boolean peerVerified() {
        return false;
    }

    @Override
    public ImmutableList<String> peerUriSans() {
        return ImmutableList.of();
    }

    @Override
    public ImmutableList<String> peerDnsSans() {
        return ImmutableList.of();
    }

    @Override
    public String peerSubject() {
        return "";
    }
}
