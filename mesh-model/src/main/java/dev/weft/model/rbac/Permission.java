package dev.weft.model.rbac;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.match.HeaderMatch;
import dev.weft.model.match.PortRange;
import dev.weft.model.match.StringMatch;
import dev.weft.model.net.CidrRange;

/** What is asked for. */
@Immutable
public sealed interface Permission {
    record Any() implements Permission {}

    record And(ImmutableList<Permission> all) implements Permission {}

    record Or(ImmutableList<Permission> any) implements Permission {}

    record Not(Permission rule) implements Permission {}

    record Header(HeaderMatch match) implements Permission {}

    /** The path without query. */
    record UrlPath(StringMatch match) implements Permission {}

    record DestinationIp(CidrRange range) implements Permission {}

    record DestinationPort(int port) implements Permission {}

    record DestinationPorts(PortRange range) implements Permission {}

    /** The server name of the ClientHello; a connection without one is tested as the empty string. */
    record RequestedServerName(StringMatch match) implements Permission {}
}
