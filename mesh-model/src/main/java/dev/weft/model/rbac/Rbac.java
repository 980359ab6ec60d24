package dev.weft.model.rbac;

import com.google.common.collect.ImmutableList;
import dev.weft.model.match.ConnectionFacts;
import dev.weft.model.match.HeaderKey;
import dev.weft.model.match.Ranges;
import dev.weft.model.match.RequestFacts;
import dev.weft.model.match.StringMatch;
import dev.weft.model.net.CidrRange;
import org.jspecify.annotations.Nullable;

/**
 * Decides one RBAC filter for a request or, with {@link NoRequest}, for a connection. Pure; allocates nothing unless a matcher
 * is a regular expression or tests a certificate name.
 */
public final class Rbac {
    private Rbac() {}

    /** The first policy that matches, or null. {@link #allowed} turns it into the verdict. */
    public static @Nullable RbacPolicy match(RbacConfig config, RequestFacts request, ConnectionFacts connection) {
        ImmutableList<RbacPolicy> policies = config.policies();
        for (int i = 0; i < policies.size(); i++) {
            RbacPolicy policy = policies.get(i);
            if (anyPermission(policy.permissions(), request, connection)
                    && anyPrincipal(policy.principals(), request, connection)) {
                return policy;
            }
        }
        return null;
    }

    public static boolean allowed(RbacConfig config, @Nullable RbacPolicy matched) {
        return switch (config.action()) {
            case ALLOW -> matched != null;
            case DENY -> matched == null;
            case LOG -> true;
        };
    }

    private static boolean anyPermission(
            ImmutableList<Permission> any, RequestFacts request, ConnectionFacts connection) {
        for (int i = 0; i < any.size(); i++) {
            if (permits(any.get(i), request, connection)) {
                return true;
            }
        }
        return false;
    }

    private static boolean anyPrincipal(
            ImmutableList<Principal> any, RequestFacts request, ConnectionFacts connection) {
        for (int i = 0; i < any.size(); i++) {
            if (is(any.get(i), request, connection)) {
                return true;
            }
        }
        return false;
    }

    private static boolean permits(Permission rule, RequestFacts request, ConnectionFacts connection) {
        return switch (rule) {
            case Permission.Any ignored -> true;
            case Permission.And and -> {
                for (int i = 0; i < and.all().size(); i++) {
                    if (!permits(and.all().get(i), request, connection)) {
                        yield false;
                    }
                }
                yield true;
            }
            case Permission.Or or -> anyPermission(or.any(), request, connection);
            case Permission.Not not -> !permits(not.rule(), request, connection);
            case Permission.Header header -> header.match().matches(request);
            case Permission.UrlPath path -> path.match().matches(request.block(), request.path());
            case Permission.DestinationIp ip -> ip.range().contains(connection.localAddress());
            case Permission.DestinationPort port -> connection.localPort() == port.port();
            case Permission.DestinationPorts ports -> ports.range().contains(connection.localPort());
            case Permission.RequestedServerName sni -> {
                String name = connection.requestedServerName();
                yield sni.match().matches(name == null ? "" : name);
            }
        };
    }

    private static boolean is(Principal id, RequestFacts request, ConnectionFacts connection) {
        return switch (id) {
            case Principal.Any ignored -> true;
            case Principal.And and -> {
                for (int i = 0; i < and.all().size(); i++) {
                    if (!is(and.all().get(i), request, connection)) {
                        yield false;
                    }
                }
                yield true;
            }
            case Principal.Or or -> anyPrincipal(or.any(), request, connection);
            case Principal.Not not -> !is(not.id(), request, connection);
            case Principal.Authenticated peer -> authenticated(peer, connection);
            case Principal.DirectRemoteIp ip -> inside(ip.range(), connection.directRemoteAddress());
            case Principal.RemoteIp ip -> inside(ip.range(), connection.remoteAddress());
            case Principal.Header header -> header.match().matches(request);
            case Principal.UrlPath path -> path.match().matches(request.block(), request.path());
            case Principal.FilterState state ->
                Principal.FilterState.PEER_PRINCIPAL.equals(state.key())
                        && connection.peerVerified()
                        && !connection.peerUriSans().isEmpty()
                        && state.match().matches(connection.peerUriSans().get(0));
        };
    }

    private static boolean inside(CidrRange range, byte[] address) {
        return range.contains(address);
    }

    private static boolean authenticated(Principal.Authenticated peer, ConnectionFacts connection) {
        if (!connection.peerVerified()) {
            return false;
        }
        if (peer.name().isEmpty()) {
            return true;
        }
        StringMatch name = peer.name().get();
        ImmutableList<String> sans =
                connection.peerUriSans().isEmpty() ? connection.peerDnsSans() : connection.peerUriSans();
        if (sans.isEmpty()) {
            return name.matches(connection.peerSubject());
        }
        for (int i = 0; i < sans.size(); i++) {
            if (name.matches(sans.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** A connection without a request: no header, no path; header and path rules do not match. */
    public static final class NoRequest implements RequestFacts {
        public static final NoRequest INSTANCE = new NoRequest();
        private static final byte[] EMPTY = {};

        private NoRequest() {}

        @Override
        public byte[] block() {
            return EMPTY;
        }

        @Override
        public long method() {
            return Ranges.NONE;
        }

        @Override
        public long pathAndQuery() {
            return Ranges.NONE;
        }

        @Override
        public long path() {
            return Ranges.NONE;
        }

        @Override
        public long query() {
            return Ranges.NONE;
        }

        @Override
        public long authority() {
            return Ranges.NONE;
        }

        @Override
        public long scheme() {
            return Ranges.NONE;
        }

        @Override
        public long header(HeaderKey name, int n) {
            return Ranges.NONE;
        }
    }
}
