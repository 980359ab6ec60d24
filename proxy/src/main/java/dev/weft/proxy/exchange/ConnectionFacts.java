package dev.weft.proxy.exchange;

import com.google.common.collect.ImmutableList;
import dev.weft.model.match.SourceType;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What is known about a client's connection; shared by all its exchanges.
 *
 * <p>Filled by {@code proxy.listener} before the first exchange, then only read. Addresses are text in Envoy's form
 * ({@code 10.0.0.1:80}, {@code [::1]:80}); the text is made once per connection.
 */
public final class ConnectionFacts implements dev.weft.model.match.ConnectionFacts {
    private static final AtomicLong NEXT_ID = new AtomicLong(1);

    private final long id = NEXT_ID.getAndIncrement();
    private final Direction direction;
    private final String listener;
    private final String filterChain;
    private final InetSocketAddress remote;
    private final InetSocketAddress local;
    private final InetSocketAddress destination;
    private final @Nullable TlsFacts tls;
    private final String serverName;
    private final String remoteText;
    private final String localText;
    private final byte[] remoteBytes;
    private final byte[] destinationBytes;
    private final String transportProtocol;
    private final ImmutableList<String> applicationProtocols;
    private final int sourceMark;
    private @Nullable Object note;

    /** Which side of a sidecar took the connection, as Envoy's traffic direction. */
    public enum Direction {
        INBOUND,
        OUTBOUND,
        UNSPECIFIED
    }

    private ConnectionFacts(Builder from) {
        this.direction = from.direction;
        this.listener = from.listener;
        this.filterChain = from.filterChain;
        this.remote = from.remote;
        this.local = from.local;
        this.destination = from.destination == null ? from.local : from.destination;
        this.tls = from.tls;
        this.serverName = from.serverName;
        this.remoteText = text(remote);
        this.localText = text(destination);
        this.remoteBytes = bytes(remote);
        this.destinationBytes = bytes(destination);
        this.transportProtocol =
                from.transportProtocol.isEmpty() ? tls == null ? "raw_buffer" : "tls" : from.transportProtocol;
        this.applicationProtocols = from.applicationProtocols;
        this.sourceMark = from.sourceMark;
    }

    /** Starts with the two ends of the socket. */
    public static Builder builder(InetSocketAddress remote, InetSocketAddress local) {
        return new Builder(remote, local);
    }

    /** A number of its own in this process. */
    public long id() {
        return id;
    }

    public Direction direction() {
        return direction;
    }

    public String listener() {
        return listener;
    }

    public String filterChain() {
        return filterChain;
    }

    /** The client's end. */
    public InetSocketAddress remote() {
        return remote;
    }

    /** Our end of the socket. */
    public InetSocketAddress local() {
        return local;
    }

    /** Where the client wanted to go: the original destination where traffic is captured, else {@link #local}. */
    public InetSocketAddress destination() {
        return destination;
    }

    /** Where the client wanted to go before capture sent it here; null where it dialled this listener itself. */
    public @Nullable InetSocketAddress captured() {
        return destination.equals(local) ? null : destination;
    }

    /** The mark of packets to an endpoint that shall see the client's address as the source; negative: it sees ours. */
    public int sourceMark() {
        return sourceMark;
    }

    /** The handshake's outcome; null on plaintext. */
    public @Nullable TlsFacts tls() {
        return tls;
    }

    /** The verified peer; null on plaintext or without a client certificate. */
    public @Nullable PeerIdentity peer() {
        TlsFacts facts = tls;
        return facts == null ? null : facts.peer();
    }

    /** The server name asked for, also where TLS was only sniffed; empty if none. */
    public String serverName() {
        return serverName;
    }

    public String remoteText() {
        return remoteText;
    }

    /** What the connection manager remembers of this connection; null at first. For the connection's loop. */
    public @Nullable Object note() {
        return note;
    }

    public void note(Object value) {
        note = value;
    }

    // ---- as the model's matchers see it ----------------------------------------------------------------------------

    @Override
    public byte[] directRemoteAddress() {
        return remoteBytes;
    }

    @Override
    public int directRemotePort() {
        return remote.getPort();
    }

    /** The peer; an exchange may know better, see {@link Exchange#facts}. */
    @Override
    public byte[] remoteAddress() {
        return remoteBytes;
    }

    @Override
    public byte[] localAddress() {
        return destinationBytes;
    }

    @Override
    public int localPort() {
        return destination.getPort();
    }

    @Override
    public @Nullable String requestedServerName() {
        return serverName.isEmpty() ? null : serverName;
    }

    @Override
    public String transportProtocol() {
        return transportProtocol;
    }

    @Override
    public ImmutableList<String> applicationProtocols() {
        return applicationProtocols;
    }

    @Override
    public SourceType sourceType() {
        return sourceType(remote, destination);
    }

    @Override
    public boolean peerVerified() {
        return peer() != null;
    }

    @Override
    public ImmutableList<String> peerUriSans() {
        PeerIdentity peer = peer();
        return peer == null ? ImmutableList.of() : peer.uriSans();
    }

    @Override
    public ImmutableList<String> peerDnsSans() {
        PeerIdentity peer = peer();
        return peer == null ? ImmutableList.of() : peer.dnsSans();
    }

    @Override
    public String peerSubject() {
        PeerIdentity peer = peer();
        return peer == null ? "" : peer.subject();
    }

    /** Where a connection comes from: this host, if its two ends say so. */
    public static SourceType sourceType(InetSocketAddress from, InetSocketAddress to) {
        InetAddress address = from.getAddress();
        boolean local = address != null && (address.isLoopbackAddress() || address.equals(to.getAddress()));
        return local ? SourceType.SAME_IP_OR_LOOPBACK : SourceType.EXTERNAL;
    }

    /** An IPv4 address mapped to IPv6 counts as what it is. */
    public static byte[] bytes(InetSocketAddress address) {
        InetAddress resolved = address.getAddress();
        return resolved == null ? new byte[4] : resolved.getAddress();
    }

    /** The text of {@link #destination}, which Envoy calls the downstream local address. */
    public String localText() {
        return localText;
    }

    /** An address in Envoy's form; unresolved ones by name. */
    public static String text(InetSocketAddress address) {
        String host = address.getAddress() == null
                ? address.getHostString()
                : address.getAddress().getHostAddress();
        return host.indexOf(':') >= 0 ? '[' + host + "]:" + address.getPort() : host + ':' + address.getPort();
    }

    /** Collects the facts as the listener learns them. */
    public static final class Builder {
        private final InetSocketAddress remote;
        private final InetSocketAddress local;
        private Direction direction = Direction.UNSPECIFIED;
        private String listener = "";
        private String filterChain = "";
        private String serverName = "";
        private @Nullable InetSocketAddress destination;
        private @Nullable TlsFacts tls;

        private String transportProtocol = "";
        private ImmutableList<String> applicationProtocols = ImmutableList.of();
        private int sourceMark = -1;

        private Builder(InetSocketAddress remote, InetSocketAddress local) {
            this.remote = remote;
            this.local = local;
        }

        public Builder direction(Direction value) {
            direction = value;
            return this;
        }

        public Builder listener(String value) {
            listener = value;
            return this;
        }

        public Builder filterChain(String value) {
            filterChain = value;
            return this;
        }

        public Builder destination(InetSocketAddress value) {
            destination = value;
            return this;
        }

        /** Endpoints shall see the client's address, on packets with this mark. */
        public Builder keepSource(int mark) {
            sourceMark = mark;
            return this;
        }

        public Builder serverName(String value) {
            serverName = value;
            return this;
        }

        /** What sniffing found: {@code tls} or {@code raw_buffer}, and the protocols offered or seen. */
        public Builder sniffed(String transport, ImmutableList<String> protocols) {
            transportProtocol = transport;
            applicationProtocols = protocols;
            return this;
        }

        public Builder tls(TlsFacts value) {
            tls = value;
            if (!value.serverName().isEmpty()) {
                serverName = value.serverName();
            }
            return this;
        }

        public ConnectionFacts build() {
            return new ConnectionFacts(this);
        }
    }
}
