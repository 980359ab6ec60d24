package dev.weft.model.match;

import com.google.common.collect.ImmutableList;
import org.jspecify.annotations.Nullable;

/** What matching may know of the client's connection. Addresses are raw bytes: 4 for IPv4, 16 for IPv6. */
public interface ConnectionFacts {
    /** The peer of the TCP connection. */
    byte[] directRemoteAddress();

    int directRemotePort();

    /** The client's address as derived from x-forwarded-for or the PROXY protocol; else the peer. */
    byte[] remoteAddress();

    /** The address the client dialled: the original destination where traffic was captured. */
    byte[] localAddress();

    int localPort();

    /** Lower-case server name of the ClientHello, or null. */
    @Nullable
    String requestedServerName();

    /** {@code tls} or {@code raw_buffer}. */
    String transportProtocol();

    /** Protocols that the client offered by ALPN, or that sniffing found ({@code http/1.1}, {@code h2c}). */
    ImmutableList<String> applicationProtocols();

    SourceType sourceType();

    /** Whether the peer presented a certificate that was verified. */
    boolean peerVerified();

    /** URI SANs of the verified peer certificate, in its order. */
    ImmutableList<String> peerUriSans();

    ImmutableList<String> peerDnsSans();

    /** Subject of the verified peer certificate in RFC 2253 form, empty where there is none. */
    String peerSubject();
}
