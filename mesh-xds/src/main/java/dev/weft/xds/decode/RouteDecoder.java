package dev.weft.xds.decode;

import com.google.common.collect.ImmutableList;
import com.google.protobuf.UInt32Value;
import dev.weft.model.match.HeaderMatch;
import dev.weft.model.match.Literal;
import dev.weft.model.match.QueryMatch;
import dev.weft.model.route.PathMatch;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteAction;
import dev.weft.model.route.RouteConfig;
import dev.weft.model.route.RouteMatch;
import dev.weft.model.route.RouteTable;
import dev.weft.model.route.VirtualHost;
import dev.weft.xds.FieldPath;
import dev.weft.xds.ProvenanceMetadata;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/** Route tables down to the action of a route; {@link ForwardDecoder} does the action that forwards. */
final class RouteDecoder {
    private final Reading reading;
    private final ValueDecoder values;
    private final MatchDecoder matches;
    private final ForwardDecoder forwards;

    RouteDecoder(Reading reading) {
        this.reading = reading;
        this.values = new ValueDecoder(reading);
        this.matches = new MatchDecoder(reading);
        this.forwards = new ForwardDecoder(reading);
    }

    RouteConfig decode(RouteConfiguration message, FieldPath at) {
        UInt32Value size = message.getMaxDirectResponseBodySizeBytes();
        int bodySize = message.hasMaxDirectResponseBodySizeBytes()
                ? values.number(size, 0, Integer.MAX_VALUE, at.field("max_direct_response_body_size_bytes"))
                : RouteConfig.DEFAULT_DIRECT_RESPONSE_BODY;
        ImmutableList.Builder<VirtualHost> hosts = ImmutableList.builder();
        for (int i = 0; i < message.getVirtualHostsCount(); i++) {
            hosts.add(virtualHost(
                    message.getVirtualHosts(i),
                    bodySize,
                    at.field("virtual_hosts").index(i)));
        }
        RouteConfig routes =
                new RouteConfig(message.getName(), hosts.build(), message.getIgnorePortInHostMatching(), bodySize);
        reading.checked(
                at.field("virtual_hosts"), routes, () -> RouteTable.of(routes).config());
        return routes;
    }

    private VirtualHost virtualHost(
            io.envoyproxy.envoy.config.route.v3.VirtualHost message, int bodySize, FieldPath at) {
        ImmutableList.Builder<Route> routes = ImmutableList.builder();
        for (int i = 0; i < message.getRoutesCount(); i++) {
            route(message.getRoutes(i), bodySize, at.field("routes").index(i)).ifPresent(routes::add);
        }
        if (message.getDomainsCount() == 0) {
            reading.problem(at.field("domains"), "is required");
        }
        return new VirtualHost(
                values.required(message.getName(), at.field("name")),
                message.getDomainsList().stream()
                        .map(domain -> domain.toLowerCase(Locale.ROOT))
                        .collect(ImmutableList.toImmutableList()),
                routes.build(),
                message.getIncludeRequestAttemptCount(),
                forwards.mutations(
                        new ForwardDecoder.Edits(
                                message.getRequestHeadersToAddList(),
                                message.getRequestHeadersToRemoveList(),
                                message.getResponseHeadersToAddList(),
                                message.getResponseHeadersToRemoveList()),
                        at));
    }

    private Optional<Route> route(io.envoyproxy.envoy.config.route.v3.Route message, int bodySize, FieldPath at) {
        Optional<RouteAction> action = switch (message.getActionCase()) {
            case ROUTE -> Optional.of(forwards.decode(message.getRoute(), at.field("route")));
            case REDIRECT -> Optional.of(redirect(message.getRedirect(), at.field("redirect")));
            case DIRECT_RESPONSE ->
                Optional.of(directResponse(message.getDirectResponse(), bodySize, at.field("direct_response")));
            case NON_FORWARDING_ACTION -> Optional.of(new RouteAction.NonForwarding());
            case FILTER_ACTION, ACTION_NOT_SET -> {
                reading.problem(
                        at,
                        "found " + message.getActionCase()
                                + ", expected route, redirect, direct_response or non_forwarding_action");
                yield Optional.empty();
            }
        };
        if (action.isEmpty()) {
            return Optional.empty();
        }
        String operation = message.getDecorator().getOperation();
        return Optional.of(new Route(
                message.getName(),
                match(message.getMatch(), at.field("match")),
                action.get(),
                forwards.mutations(
                        new ForwardDecoder.Edits(
                                message.getRequestHeadersToAddList(),
                                message.getRequestHeadersToRemoveList(),
                                message.getResponseHeadersToAddList(),
                                message.getResponseHeadersToRemoveList()),
                        at),
                operation.isEmpty() ? Optional.empty() : Optional.of(operation),
                ProvenanceMetadata.decode(message.getMetadata())));
    }

    private RouteMatch match(io.envoyproxy.envoy.config.route.v3.RouteMatch message, FieldPath at) {
        PathMatch path = switch (message.getPathSpecifierCase()) {
            case PREFIX -> PathMatch.prefix(message.getPrefix());
            case PATH -> PathMatch.exact(message.getPath());
            case SAFE_REGEX -> new PathMatch.Regex(matches.regex(message.getSafeRegex(), at.field("safe_regex")));
            case PATH_SEPARATED_PREFIX -> {
                String prefix = message.getPathSeparatedPrefix();
                if (!prefix.startsWith("/") || prefix.endsWith("/") || prefix.contains("?")) {
                    reading.problem(
                            at.field("path_separated_prefix"),
                            "found \"" + prefix + "\", expected a path that begins but does not end with a slash");
                }
                yield new PathMatch.SeparatedPrefix(Literal.of(prefix));
            }
            case CONNECT_MATCHER -> new PathMatch.Connect();
            case PATH_MATCH_POLICY, PATHSPECIFIER_NOT_SET -> {
                reading.problem(
                        at,
                        "found " + message.getPathSpecifierCase()
                                + ", expected prefix, path, safe_regex, path_separated_prefix or connect_matcher");
                yield PathMatch.prefix("/");
            }
        };
        ImmutableList.Builder<HeaderMatch> headers = ImmutableList.builder();
        for (int i = 0; i < message.getHeadersCount(); i++) {
            headers.add(
                    matches.header(message.getHeaders(i), at.field("headers").index(i)));
        }
        ImmutableList.Builder<QueryMatch> query = ImmutableList.builder();
        for (int i = 0; i < message.getQueryParametersCount(); i++) {
            query.add(matches.query(
                    message.getQueryParameters(i), at.field("query_parameters").index(i)));
        }
        boolean caseSensitive =
                !message.hasCaseSensitive() || message.getCaseSensitive().getValue();
        return new RouteMatch(path, caseSensitive, headers.build(), query.build(), message.hasGrpc());
    }

    private RouteAction.Redirect redirect(RedirectAction message, FieldPath at) {
        int code = switch (message.getResponseCode()) {
            case MOVED_PERMANENTLY -> 301;
            case FOUND -> 302;
            case SEE_OTHER -> 303;
            case TEMPORARY_REDIRECT -> 307;
            case PERMANENT_REDIRECT -> 308;
            case UNRECOGNIZED -> {
                reading.problem(at.field("response_code"), "found " + message.getResponseCodeValue());
                yield 301;
            }
        };
        Optional<String> scheme = switch (message.getSchemeRewriteSpecifierCase()) {
            case HTTPS_REDIRECT -> message.getHttpsRedirect() ? Optional.of("https") : Optional.empty();
            case SCHEME_REDIRECT -> nonEmpty(message.getSchemeRedirect());
            case SCHEMEREWRITESPECIFIER_NOT_SET -> Optional.empty();
        };
        Optional<RouteAction.PathRedirect> path = switch (message.getPathRewriteSpecifierCase()) {
            case PATH_REDIRECT -> Optional.of(new RouteAction.ReplacePath(message.getPathRedirect()));
            case PREFIX_REWRITE -> Optional.of(new RouteAction.ReplacePrefix(message.getPrefixRewrite()));
            case REGEX_REWRITE -> {
                FieldPath regex = at.field("regex_rewrite");
                yield Optional.of(new RouteAction.ReplaceRegex(
                        matches.regex(message.getRegexRewrite().getPattern(), regex.field("pattern"))
                                .pattern(),
                        message.getRegexRewrite().getSubstitution()));
            }
            case PATHREWRITESPECIFIER_NOT_SET -> Optional.empty();
        };
        int port = values.number(message.getPortRedirect(), 0, 65_535, at.field("port_redirect"));
        return new RouteAction.Redirect(
                code,
                nonEmpty(message.getHostRedirect()),
                port == 0 ? OptionalInt.empty() : OptionalInt.of(port),
                scheme,
                path,
                message.getStripQuery());
    }

    private static Optional<String> nonEmpty(String text) {
        return text.isEmpty() ? Optional.empty() : Optional.of(text);
    }

    private RouteAction.DirectResponse directResponse(DirectResponseAction message, int bodySize, FieldPath at) {
        int status = values.number(message.getStatus(), 200, 599, at.field("status"));
        if (!message.hasBody()) {
            return new RouteAction.DirectResponse(status, Optional.empty());
        }
        DataSource body = message.getBody();
        FieldPath bodyAt = at.field("body");
        int size =
                Math.max(body.getInlineBytes().size(), body.getInlineString().getBytes(StandardCharsets.UTF_8).length);
        if (size > bodySize) {
            reading.problem(bodyAt, "found " + size + " bytes, expected at most " + bodySize);
        }
        return switch (body.getSpecifierCase()) {
            case INLINE_STRING ->
                new RouteAction.DirectResponse(status, Optional.of(new RouteAction.Text(body.getInlineString())));
            case INLINE_BYTES ->
                new RouteAction.DirectResponse(
                        status,
                        Optional.of(
                                new RouteAction.Bytes(body.getInlineBytes().toString(StandardCharsets.ISO_8859_1))));
            case FILENAME, ENVIRONMENT_VARIABLE, SPECIFIER_NOT_SET -> {
                reading.problem(
                        bodyAt, "found " + body.getSpecifierCase() + ", expected inline_string or inline_bytes");
                yield new RouteAction.DirectResponse(status, Optional.empty());
            }
        };
    }
}
