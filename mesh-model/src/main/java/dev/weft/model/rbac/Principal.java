package dev.weft.model.rbac;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.match.HeaderMatch;
import dev.weft.model.match.StringMatch;
import dev.weft.model.net.CidrRange;
import java.util.Optional;

/** Who asks. */
@Immutable
public sealed interface Principal {
    record Any() implements Principal {}

    record And(ImmutableList<Principal> all) implements Principal {}

    record Or(ImmutableList<Principal> any) implements Principal {}

    record Not(Principal id) implements Principal {}

    /** The verified peer certificate: any URI SAN, else any DNS SAN, else the subject. No name means any verified peer. */
    record Authenticated(Optional<StringMatch> name) implements Principal {}

    /** The peer of the connection. */
    record DirectRemoteIp(CidrRange range) implements Principal {}

    /** The client as derived from x-forwarded-for. */
    record RemoteIp(CidrRange range) implements Principal {}

    record Header(HeaderMatch match) implements Principal {}

    record UrlPath(StringMatch match) implements Principal {}

    /** A string in filter state; Istio puts the peer's SPIFFE id under {@code io.istio.peer_principal}. */
    record FilterState(String key, StringMatch match) implements Principal {
        public static final String PEER_PRINCIPAL = "io.istio.peer_principal";
    }
}
