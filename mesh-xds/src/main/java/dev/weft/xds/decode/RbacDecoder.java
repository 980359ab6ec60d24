package dev.weft.xds.decode;

import com.google.common.collect.ImmutableList;
import dev.weft.model.rbac.Permission;
import dev.weft.model.rbac.Principal;
import dev.weft.model.rbac.RbacConfig;
import dev.weft.model.rbac.RbacPolicy;
import dev.weft.xds.FieldPath;
import io.envoyproxy.envoy.config.rbac.v3.Policy;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** Authorization rules. Anything not understood refuses the whole filter: a rule half applied is an open door. */
final class RbacDecoder {
    private final Reading reading;
    private final ValueDecoder values;
    private final MatchDecoder matches;

    RbacDecoder(Reading reading) {
        this.reading = reading;
        this.values = new ValueDecoder(reading);
        this.matches = new MatchDecoder(reading);
    }

    RbacConfig decode(RBAC message, FieldPath at) {
        RbacConfig.Action action = switch (message.getAction()) {
            case ALLOW -> RbacConfig.Action.ALLOW;
            case DENY -> RbacConfig.Action.DENY;
            case LOG -> RbacConfig.Action.LOG;
            case UNRECOGNIZED -> {
                reading.problem(
                        at.field("action"), "found " + message.getActionValue() + ", expected ALLOW, DENY or LOG");
                yield RbacConfig.Action.DENY;
            }
        };
        ImmutableList.Builder<RbacPolicy> policies = ImmutableList.builder();
        new TreeMap<>(message.getPoliciesMap())
                .forEach((name, policy) ->
                        policies.add(policy(name, policy, at.field("policies").key(name))));
        return new RbacConfig(action, policies.build());
    }

    private RbacPolicy policy(String name, Policy message, FieldPath at) {
        if (message.getPermissionsCount() == 0) {
            reading.problem(at.field("permissions"), "is required");
        }
        if (message.getPrincipalsCount() == 0) {
            reading.problem(at.field("principals"), "is required");
        }
        return new RbacPolicy(
                name,
                permissions(message.getPermissionsList(), at.field("permissions")),
                principals(message.getPrincipalsList(), at.field("principals")));
    }

    private ImmutableList<Permission> permissions(
            List<io.envoyproxy.envoy.config.rbac.v3.Permission> messages, FieldPath at) {
        ImmutableList.Builder<Permission> permissions = ImmutableList.builder();
        for (int i = 0; i < messages.size(); i++) {
            permissions.add(permission(messages.get(i), at.index(i)));
        }
        return permissions.build();
    }

    private Permission permission(io.envoyproxy.envoy.config.rbac.v3.Permission message, FieldPath at) {
        return switch (message.getRuleCase()) {
            case ANY -> {
                mustBeTrue(message.getAny(), at.field("any"));
                yield new Permission.Any();
            }
            case AND_RULES -> {
                FieldPath rules = at.field("and_rules").field("rules");
                yield new Permission.And(permissions(message.getAndRules().getRulesList(), rules));
            }
            case OR_RULES -> {
                FieldPath rules = at.field("or_rules").field("rules");
                yield new Permission.Or(permissions(message.getOrRules().getRulesList(), rules));
            }
            case NOT_RULE -> new Permission.Not(permission(message.getNotRule(), at.field("not_rule")));
            case HEADER -> new Permission.Header(matches.header(message.getHeader(), at.field("header")));
            case URL_PATH -> new Permission.UrlPath(matches.path(message.getUrlPath(), at.field("url_path")));
            case DESTINATION_IP ->
                new Permission.DestinationIp(values.cidr(message.getDestinationIp(), at.field("destination_ip")));
            case DESTINATION_PORT ->
                new Permission.DestinationPort(
                        values.number(message.getDestinationPort(), 0, 65_535, at.field("destination_port")));
            case DESTINATION_PORT_RANGE ->
                new Permission.DestinationPorts(
                        matches.ports(message.getDestinationPortRange(), at.field("destination_port_range")));
            case REQUESTED_SERVER_NAME ->
                new Permission.RequestedServerName(
                        matches.string(message.getRequestedServerName(), at.field("requested_server_name")));
            case METADATA, MATCHER, URI_TEMPLATE, SOURCED_METADATA, RULE_NOT_SET -> {
                reading.problem(at, "found " + message.getRuleCase() + ", expected a supported rule");
                yield new Permission.Any();
            }
        };
    }

    private ImmutableList<Principal> principals(
            List<io.envoyproxy.envoy.config.rbac.v3.Principal> messages, FieldPath at) {
        ImmutableList.Builder<Principal> principals = ImmutableList.builder();
        for (int i = 0; i < messages.size(); i++) {
            principals.add(principal(messages.get(i), at.index(i)));
        }
        return principals.build();
    }

    private Principal principal(io.envoyproxy.envoy.config.rbac.v3.Principal message, FieldPath at) {
        return switch (message.getIdentifierCase()) {
            case ANY -> {
                mustBeTrue(message.getAny(), at.field("any"));
                yield new Principal.Any();
            }
            case AND_IDS -> {
                FieldPath ids = at.field("and_ids").field("ids");
                yield new Principal.And(principals(message.getAndIds().getIdsList(), ids));
            }
            case OR_IDS -> {
                FieldPath ids = at.field("or_ids").field("ids");
                yield new Principal.Or(principals(message.getOrIds().getIdsList(), ids));
            }
            case NOT_ID -> new Principal.Not(principal(message.getNotId(), at.field("not_id")));
            case AUTHENTICATED -> {
                var authenticated = message.getAuthenticated();
                FieldPath name = at.field("authenticated").field("principal_name");
                yield new Principal.Authenticated(
                        authenticated.hasPrincipalName()
                                ? Optional.of(matches.string(authenticated.getPrincipalName(), name))
                                : Optional.empty());
            }
            case DIRECT_REMOTE_IP ->
                new Principal.DirectRemoteIp(values.cidr(message.getDirectRemoteIp(), at.field("direct_remote_ip")));
            case REMOTE_IP -> new Principal.RemoteIp(values.cidr(message.getRemoteIp(), at.field("remote_ip")));
            case HEADER -> new Principal.Header(matches.header(message.getHeader(), at.field("header")));
            case URL_PATH -> new Principal.UrlPath(matches.path(message.getUrlPath(), at.field("url_path")));
            case FILTER_STATE -> {
                var state = message.getFilterState();
                FieldPath stateAt = at.field("filter_state");
                if (!state.getKey().equals(Principal.FilterState.PEER_PRINCIPAL)) {
                    reading.problem(
                            stateAt.field("key"),
                            "found \"" + state.getKey() + "\", expected " + Principal.FilterState.PEER_PRINCIPAL);
                }
                yield new Principal.FilterState(
                        state.getKey(), matches.string(state.getStringMatch(), stateAt.field("string_match")));
            }
            default -> {
                reading.problem(at, "found " + message.getIdentifierCase() + ", expected a supported identifier");
                yield new Principal.Any();
            }
        };
    }

    private void mustBeTrue(boolean any, FieldPath at) {
        if (!any) {
            reading.problem(at, "found false, expected true");
        }
    }
}
