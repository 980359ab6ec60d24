package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.re2j.Pattern;
import dev.weft.model.match.HeaderKey;
import dev.weft.model.match.HeaderMatch;
import dev.weft.model.match.Literal;
import dev.weft.model.match.StringMatch;
import dev.weft.model.net.CidrRange;
import dev.weft.model.rbac.Permission;
import dev.weft.model.rbac.Principal;
import dev.weft.resources.AuthorizationPolicy.Condition;
import dev.weft.resources.AuthorizationPolicy.Operation;
import dev.weft.resources.AuthorizationPolicy.Rule;
import dev.weft.resources.AuthorizationPolicy.Source;
import dev.weft.resources.AuthorizationPolicy.ValueMatch;
import dev.weft.resources.ConditionKey.Attribute;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The attributes of AuthorizationPolicies as permissions and principals. Inside an attribute one of the values must match and none
 * of the notValues; values are exact, {@code prefix*}, {@code *suffix} or {@code *} for present.
 */
final class PolicyMatchers {
    private static final String SPIFFE = "spiffe://";
    private static final String DEFAULT_TRUST_DOMAIN = "cluster.local";

    private final ImmutableList<String> trustDomains;

    PolicyMatchers(ImmutableList<String> trustDomains) {
        this.trustDomains = trustDomains;
    }

    /** Whether a rule asks for what only a request has. */
    static boolean needsHttp(Rule rule) {
        return rule.to().stream()
                        .anyMatch(o -> !o.hosts().isEmpty()
                                || !o.methods().isEmpty()
                                || !o.paths().isEmpty())
                || rule.from().stream().anyMatch(s -> !s.requestPrincipals().isEmpty())
                || rule.when().stream().anyMatch(c -> isHttp(c.key().attribute()));
    }

    private static boolean isHttp(Attribute attribute) {
        return attribute == Attribute.REQUEST_HEADER || attribute.fromToken();
    }

    // ---- what is asked for

    ImmutableList<Permission> permissions(Operation operation, boolean http) {
        ImmutableList.Builder<Permission> all = ImmutableList.builder();
        if (http) {
            permission(operation.hosts(), v -> new Permission.Header(text(":authority", v, true)), all);
            permission(operation.methods(), v -> new Permission.Header(text(":method", v, false)), all);
            permission(operation.paths(), PolicyMatchers::path, all);
        }
        permission(operation.ports(), v -> new Permission.DestinationPort(Integer.parseInt(v)), all);
        return all.build();
    }

    ImmutableList<Permission> permissions(List<Condition> when) {
        ImmutableList.Builder<Permission> all = ImmutableList.builder();
        for (Condition condition : when) {
            switch (condition.key().attribute()) {
                case DESTINATION_IP ->
                    permission(condition.values(), v -> new Permission.DestinationIp(CidrRange.parse(v)), all);
                case DESTINATION_PORT ->
                    permission(condition.values(), v -> new Permission.DestinationPort(Integer.parseInt(v)), all);
                case CONNECTION_SNI ->
                    permission(condition.values(), v -> new Permission.RequestedServerName(pattern(v, false)), all);
                case REQUEST_HEADER,
                        SOURCE_IP,
                        REMOTE_IP,
                        SOURCE_NAMESPACE,
                        SOURCE_SERVICE_ACCOUNT,
                        SOURCE_TRUST_DOMAIN,
                        SOURCE_PRINCIPAL,
                        REQUEST_PRINCIPAL,
                        REQUEST_AUDIENCES,
                        REQUEST_PRESENTER,
                        REQUEST_CLAIM -> {}
            }
        }
        return all.build();
    }

    private static void permission(
            ValueMatch match, Function<String, Permission> one, ImmutableList.Builder<Permission> all) {
        if (!match.values().isEmpty()) {
            all.add(or(match.values(), one));
        }
        if (!match.notValues().isEmpty()) {
            all.add(new Permission.Not(or(match.notValues(), one)));
        }
    }

    private static Permission or(ImmutableList<String> values, Function<String, Permission> one) {
        return values.size() == 1
                ? one.apply(values.get(0))
                : new Permission.Or(values.stream().map(one).collect(ImmutableList.toImmutableList()));
    }

    private static Permission path(String value) {
        return new Permission.UrlPath(value.contains("{") ? template(value) : pattern(value, false));
    }

    /** {@code {*}} is one path segment, {@code {**}} any number of them. */
    private static StringMatch template(String value) {
        StringBuilder regex = new StringBuilder();
        int at = 0;
        while (at < value.length()) {
            if (value.startsWith("{**}", at)) {
                regex.append(".*");
                at += 4;
            } else if (value.startsWith("{*}", at)) {
                regex.append("[^/]+");
                at += 3;
            } else {
                char c = value.charAt(at++);
                regex.append("\\.+*?()|[]{}^$".indexOf(c) >= 0 ? "\\" + c : String.valueOf(c));
            }
        }
        return StringMatch.regex(regex.toString());
    }

    // ---- who asks

    ImmutableList<Principal> principals(Source source, String namespace, boolean http) {
        ImmutableList.Builder<Principal> all = ImmutableList.builder();
        principal(source.principals(), this::peer, all);
        if (http) {
            token(source.requestPrincipals(), all);
        }
        principal(source.namespaces(), this::namespace, all);
        principal(source.serviceAccounts(), v -> serviceAccount(v, namespace), all);
        principal(source.ipBlocks(), v -> new Principal.DirectRemoteIp(CidrRange.parse(v)), all);
        principal(source.remoteIpBlocks(), v -> new Principal.RemoteIp(CidrRange.parse(v)), all);
        principal(source.trustDomains(), PolicyMatchers::trustDomain, all);
        return all.build();
    }

    ImmutableList<Principal> principals(List<Condition> when, String namespace, boolean http) {
        ImmutableList.Builder<Principal> all = ImmutableList.builder();
        for (Condition condition : when) {
            ValueMatch values = condition.values();
            switch (condition.key().attribute()) {
                case REQUEST_HEADER -> {
                    if (http) {
                        String name = condition.key().path().get(0);
                        principal(values, v -> new Principal.Header(text(name, v, false)), all);
                    }
                }
                case SOURCE_IP -> principal(values, v -> new Principal.DirectRemoteIp(CidrRange.parse(v)), all);
                case REMOTE_IP -> principal(values, v -> new Principal.RemoteIp(CidrRange.parse(v)), all);
                case SOURCE_NAMESPACE -> principal(values, this::namespace, all);
                case SOURCE_SERVICE_ACCOUNT -> principal(values, v -> serviceAccount(v, namespace), all);
                case SOURCE_TRUST_DOMAIN -> principal(values, PolicyMatchers::trustDomain, all);
                case SOURCE_PRINCIPAL -> principal(values, this::peer, all);
                case REQUEST_PRINCIPAL, REQUEST_AUDIENCES, REQUEST_PRESENTER, REQUEST_CLAIM -> {
                    if (http) {
                        token(values, all);
                    }
                }
                case DESTINATION_IP, DESTINATION_PORT, CONNECTION_SNI -> {}
            }
        }
        return all.build();
    }

    private static void principal(
            ValueMatch match, Function<String, Principal> one, ImmutableList.Builder<Principal> all) {
        if (!match.values().isEmpty()) {
            all.add(or(match.values().stream().map(one).collect(ImmutableList.toImmutableList())));
        }
        if (!match.notValues().isEmpty()) {
            all.add(new Principal.Not(
                    or(match.notValues().stream().map(one).collect(ImmutableList.toImmutableList()))));
        }
    }

    private static Principal or(ImmutableList<Principal> any) {
        return any.size() == 1 ? any.get(0) : new Principal.Or(any);
    }

    /** No token is checked, so nobody has an identity from one: values never match, notValues always do. */
    private static void token(ValueMatch match, ImmutableList.Builder<Principal> all) {
        if (!match.values().isEmpty()) {
            all.add(new Principal.Not(new Principal.Any()));
        }
    }

    private Principal peer(String value) {
        if (value.equals("*")) {
            return named(StringMatch.prefix(SPIFFE));
        }
        if (value.startsWith("*")) {
            return named(StringMatch.suffix(value.substring(1)));
        }
        // Written with the scheme it names nobody, as in Istio: the scheme comes on top.
        int slash = value.indexOf('/');
        String domain = slash < 0 ? value : value.substring(0, slash);
        if (slash < 0 || !domain.equals(DEFAULT_TRUST_DOMAIN) && !trustDomains.contains(domain)) {
            return named(pattern(SPIFFE + value, false));
        }
        String rest = value.substring(slash);
        return or(trustDomains.stream()
                .<Principal>map(d -> named(pattern(SPIFFE + d + rest, false)))
                .collect(ImmutableList.toImmutableList()));
    }

    private Principal namespace(String value) {
        if (value.equals("*")) {
            return named(StringMatch.prefix(SPIFFE));
        }
        if (value.startsWith("*")) {
            return named(StringMatch.regex("spiffe://[^/]+/ns/[^/]*" + quote(value.substring(1)) + "/sa/.*"));
        }
        boolean prefix = value.endsWith("*");
        String start = "/ns/" + (prefix ? value.substring(0, value.length() - 1) : value + "/");
        return or(trustDomains.stream()
                .<Principal>map(d -> named(StringMatch.prefix(SPIFFE + d + start)))
                .collect(ImmutableList.toImmutableList()));
    }

    private Principal serviceAccount(String value, String policyNamespace) {
        int slash = value.indexOf('/');
        String namespace = slash < 0 ? policyNamespace : value.substring(0, slash);
        String account = value.substring(slash + 1);
        return or(trustDomains.stream()
                .<Principal>map(d -> named(StringMatch.exact(SPIFFE + d + "/ns/" + namespace + "/sa/" + account)))
                .collect(ImmutableList.toImmutableList()));
    }

    private static Principal trustDomain(String value) {
        if (value.equals("*")) {
            return named(StringMatch.prefix(SPIFFE));
        }
        if (value.startsWith("*")) {
            return named(StringMatch.regex("spiffe://[^/]*" + quote(value.substring(1)) + "/.*"));
        }
        return named(StringMatch.prefix(
                value.endsWith("*") ? SPIFFE + value.substring(0, value.length() - 1) : SPIFFE + value + "/"));
    }

    private static Principal named(StringMatch name) {
        return new Principal.Authenticated(Optional.of(name));
    }

    private static String quote(String literal) {
        return Pattern.quote(literal);
    }

    // ---- values

    private static HeaderMatch text(String name, String value, boolean ignoreCase) {
        return value.equals("*")
                ? HeaderMatch.present(name)
                : new HeaderMatch(HeaderKey.of(name), new HeaderMatch.Value(pattern(value, ignoreCase)), false, false);
    }

    /** {@code *} means any text that is not empty. */
    static StringMatch pattern(String value, boolean ignoreCase) {
        if (value.equals("*")) {
            return StringMatch.regex(".+");
        }
        if (value.startsWith("*")) {
            return new StringMatch.Suffix(Literal.of(value.substring(1)), ignoreCase);
        }
        if (value.endsWith("*")) {
            return new StringMatch.Prefix(Literal.of(value.substring(0, value.length() - 1)), ignoreCase);
        }
        return new StringMatch.Exact(Literal.of(value), ignoreCase);
    }
}
