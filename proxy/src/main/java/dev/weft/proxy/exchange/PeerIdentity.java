package dev.weft.proxy.exchange;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;

/**
 * What the verified certificate of the other side says, taken once per connection.
 *
 * <p>Immutable; made by {@code proxy.identity} after the handshake. Lists keep the certificate's order.
 *
 * @param uriSans such as {@code spiffe://cluster.local/ns/default/sa/reviews}; the first is the principal
 * @param subject in RFC 2253 form, empty if there is none
 * @param sha256 of the certificate, lowercase hex
 * @param validFromEpochSecond first second of validity
 * @param validToEpochSecond last second of validity
 */
@Immutable
public record PeerIdentity(
        ImmutableList<String> uriSans,
        ImmutableList<String> dnsSans,
        String subject,
        String issuer,
        String serial,
        String sha256,
        long validFromEpochSecond,
        long validToEpochSecond) {
    /** The first URI name, which is the peer's principal in a mesh; empty if there is none. */
    public String principal() {
        return uriSans.isEmpty() ? "" : uriSans.get(0);
    }
}
