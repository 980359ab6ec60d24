package dev.weft.proxy.exchange;

import com.google.errorprone.annotations.Immutable;
import org.jspecify.annotations.Nullable;

/**
 * What a finished handshake agreed on.
 *
 * <p>Immutable; made by {@code proxy.identity}.
 *
 * @param version such as {@code TLSv1.3}
 * @param cipher the IANA name
 * @param serverName the SNI, empty if none was sent
 * @param alpn the protocol chosen, empty if none
 * @param peer the other side's verified certificate, null if it showed none
 * @param local our own certificate's principal, empty if it has none
 */
@Immutable
public record TlsFacts(
        String version,
        String cipher,
        String serverName,
        String alpn,
        @Nullable PeerIdentity peer,
        String local) {}
