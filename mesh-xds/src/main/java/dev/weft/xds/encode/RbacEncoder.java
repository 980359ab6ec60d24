package dev.weft.xds.encode;

import dev.weft.model.rbac.Permission;
import dev.weft.model.rbac.Principal;
import dev.weft.model.rbac.RbacConfig;
import dev.weft.model.rbac.RbacPolicy;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.type.matcher.v3.FilterStateMatcher;
import java.util.Comparator;
import java.util.List;

/** Authorization rules. Policies are written in the order of their names, which is also the order in which they are tried. */
final class RbacEncoder {
    private RbacEncoder() {}

    static RBAC encode(RbacConfig config) {
        RBAC.Builder rbac = RBAC.newBuilder()
                .setAction(
                        switch (config.action()) {
                            case ALLOW -> RBAC.Action.ALLOW;
                            case DENY -> RBAC.Action.DENY;
                            case LOG -> RBAC.Action.LOG;
                        });
        config.policies().stream()
                .sorted(Comparator.comparing(RbacPolicy::name))
                .forEach(policy -> rbac.putPolicies(policy.name(), policy(policy)));
        return rbac.build();
    }

    private static Policy policy(RbacPolicy policy) {
        Policy.Builder message = Policy.newBuilder();
        policy.permissions().forEach(permission -> message.addPermissions(permission(permission)));
        policy.principals().forEach(principal -> message.addPrincipals(principal(principal)));
        return message.build();
    }

    private static io.envoyproxy.envoy.config.rbac.v3.Permission permission(Permission permission) {
        var message = io.envoyproxy.envoy.config.rbac.v3.Permission.newBuilder();
        switch (permission) {
            case Permission.Any any -> message.setAny(true);
            case Permission.And and -> message.setAndRules(permissions(and.all()));
            case Permission.Or or -> message.setOrRules(permissions(or.any()));
            case Permission.Not not -> message.setNotRule(permission(not.rule()));
            case Permission.Header header -> message.setHeader(MatchEncoder.header(header.match()));
            case Permission.UrlPath path -> message.setUrlPath(MatchEncoder.path(path.match()));
            case Permission.DestinationIp ip -> message.setDestinationIp(WireValues.cidr(ip.range()));
            case Permission.DestinationPort port -> message.setDestinationPort(port.port());
            case Permission.DestinationPorts ports ->
                message.setDestinationPortRange(MatchEncoder.ports(ports.range()));
            case Permission.RequestedServerName name ->
                message.setRequestedServerName(MatchEncoder.string(name.match()));
        }
        return message.build();
    }

    private static io.envoyproxy.envoy.config.rbac.v3.Permission.Set permissions(List<Permission> permissions) {
        var set = io.envoyproxy.envoy.config.rbac.v3.Permission.Set.newBuilder();
        permissions.forEach(permission -> set.addRules(permission(permission)));
        return set.build();
    }

    private static io.envoyproxy.envoy.config.rbac.v3.Principal principal(Principal principal) {
        var message = io.envoyproxy.envoy.config.rbac.v3.Principal.newBuilder();
        switch (principal) {
            case Principal.Any any -> message.setAny(true);
            case Principal.And and -> message.setAndIds(principals(and.all()));
            case Principal.Or or -> message.setOrIds(principals(or.any()));
            case Principal.Not not -> message.setNotId(principal(not.id()));
            case Principal.Authenticated peer -> {
                var authenticated = io.envoyproxy.envoy.config.rbac.v3.Principal.Authenticated.newBuilder();
                peer.name().ifPresent(name -> authenticated.setPrincipalName(MatchEncoder.string(name)));
                message.setAuthenticated(authenticated);
            }
            case Principal.DirectRemoteIp ip -> message.setDirectRemoteIp(WireValues.cidr(ip.range()));
            case Principal.RemoteIp ip -> message.setRemoteIp(WireValues.cidr(ip.range()));
            case Principal.Header header -> message.setHeader(MatchEncoder.header(header.match()));
            case Principal.UrlPath path -> message.setUrlPath(MatchEncoder.path(path.match()));
            case Principal.FilterState state ->
                message.setFilterState(FilterStateMatcher.newBuilder()
                        .setKey(state.key())
                        .setStringMatch(MatchEncoder.string(state.match())));
        }
        return message.build();
    }

    private static io.envoyproxy.envoy.config.rbac.v3.Principal.Set principals(List<Principal> principals) {
        var set = io.envoyproxy.envoy.config.rbac.v3.Principal.Set.newBuilder();
        principals.forEach(principal -> set.addIds(principal(principal)));
        return set.build();
    }
}
