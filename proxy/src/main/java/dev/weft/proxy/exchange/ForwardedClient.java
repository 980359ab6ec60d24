package dev.weft.proxy.exchange;

import com.google.common.collect.ImmutableList;
import dev.weft.model.match.ConnectionFacts;
import dev.weft.model.match.SourceType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** A connection whose client is another than its peer, as forwarding headers told. Immutable; belongs to one exchange. */
final class ForwardedClient implements ConnectionFacts {
    private final ConnectionFacts connection;
    private final byte[] address;

    ForwardedClient(ConnectionFacts connection, byte[] address) {
        this.connection = connection;
        this.address = address;
    }

    String text() {
        try {
            return dev.weft.proxy.exchange.ConnectionFacts.text(
                    new InetSocketAddress(InetAddress.getByAddress(address), 0));
        } catch (UnknownHostException e) {
            throw new AssertionError("an address of " + address.length + " bytes", e);
        }
    }

    @Override
    public byte[] directRemoteAddress() {
        return connection.directRemoteAddress();
    }

    @Override
    public int directRemotePort() {
        return connection.directRemotePort();
    }

    @Override
    public byte[] remoteAddress() {
        return address;
    }

    @Override
    public byte[] localAddress() {
        return connection.localAddress();
    }

    @Override
    public int localPort() {
        return connection.localPort();
    }

    @Override
    public @Nullable String requestedServerName() {
        return connection.requestedServerName();
    }

    @Override
    public String transportProtocol() {
        return connection.transportProtocol();
    }

    @Override
    public ImmutableList<String> applicationProtocols() {
        return connection.applicationProtocols();
    }

    @Override
    public SourceType sourceType() {
        return connection.sourceType();
    }

    @Override
    public boolean peerVerified() {
        return connection.peerVerified();
    }

    @Override
    public ImmutableList<String> peerUriSans() {
        return connection.peerUriSans();
    }

    @Override
    public ImmutableList<String> peerDnsSans() {
        return connection.peerDnsSans();
    }

    @Override
    public String peerSubject() {
        return connection.peerSubject();
    }
}
