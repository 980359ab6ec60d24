package dev.weft.xds.encode;

import dev.weft.model.route.Forward;
import dev.weft.model.route.PathMatch;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteAction;
import dev.weft.model.route.RouteConfig;
import dev.weft.model.route.RouteMatch;
import dev.weft.model.route.VirtualHost;
import dev.weft.xds.ProvenanceMetadata;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.route.v3.Decorator;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.NonForwardingAction;
import io.envoyproxy.envoy.config.route.v3.RedirectAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatchAndSubstitute;
import java.nio.charset.StandardCharsets;

/** Route tables down to the action of a route; {@link ForwardEncoder} does the action that forwards. */
final class RouteEncoder {
    private RouteEncoder() {}

    static RouteConfiguration encode(RouteConfig routes) {
        RouteConfiguration.Builder message = RouteConfiguration.newBuilder()
                .setName(routes.name())
                .setIgnorePortInHostMatching(routes.ignorePortInHostMatching());
        if (routes.maxDirectResponseBodySize() != RouteConfig.DEFAULT_DIRECT_RESPONSE_BODY) {
            message.setMaxDirectResponseBodySizeBytes(WireValues.uint32(routes.maxDirectResponseBodySize()));
        }
        // A route may name a cluster that comes later; Envoy would refuse an inline table for it.
        message.setValidateClusters(WireValues.bool(false));
        routes.virtualHosts().forEach(host -> message.addVirtualHosts(virtualHost(host)));
        return message.build();
    }

    private static io.envoyproxy.envoy.config.route.v3.VirtualHost virtualHost(VirtualHost host) {
        var message = io.envoyproxy.envoy.config.route.v3.VirtualHost.newBuilder()
                .setName(host.name())
                .addAllDomains(host.domains())
                .setIncludeRequestAttemptCount(host.includeRequestAttemptCount());
        host.routes().forEach(route -> message.addRoutes(route(route)));
        host.mutations().requestAdd().forEach(edit -> message.addRequestHeadersToAdd(ForwardEncoder.edit(edit)));
        host.mutations().responseAdd().forEach(edit -> message.addResponseHeadersToAdd(ForwardEncoder.edit(edit)));
        message.addAllRequestHeadersToRemove(host.mutations().requestRemove())
                .addAllResponseHeadersToRemove(host.mutations().responseRemove());
        return message.build();
    }

    private static io.envoyproxy.envoy.config.route.v3.Route route(Route route) {
        var message = io.envoyproxy.envoy.config.route.v3.Route.newBuilder()
                .setName(route.name())
                .setMatch(match(route.match()));
        switch (route.action()) {
            case Forward forward -> message.setRoute(ForwardEncoder.encode(forward));
            case RouteAction.Redirect redirect -> message.setRedirect(redirect(redirect));
            case RouteAction.DirectResponse response -> message.setDirectResponse(directResponse(response));
            case RouteAction.NonForwarding serve ->
                message.setNonForwardingAction(NonForwardingAction.getDefaultInstance());
        }
        route.mutations().requestAdd().forEach(edit -> message.addRequestHeadersToAdd(ForwardEncoder.edit(edit)));
        route.mutations().responseAdd().forEach(edit -> message.addResponseHeadersToAdd(ForwardEncoder.edit(edit)));
        message.addAllRequestHeadersToRemove(route.mutations().requestRemove())
                .addAllResponseHeadersToRemove(route.mutations().responseRemove());
        route.decorator()
                .ifPresent(
                        operation -> message.setDecorator(Decorator.newBuilder().setOperation(operation)));
        route.source().ifPresent(source -> message.setMetadata(ProvenanceMetadata.encode(source)));
        return message.build();
    }

    private static io.envoyproxy.envoy.config.route.v3.RouteMatch match(RouteMatch match) {
        var message = io.envoyproxy.envoy.config.route.v3.RouteMatch.newBuilder();
        switch (match.path()) {
            case PathMatch.Prefix prefix -> message.setPrefix(prefix.prefix().text());
            case PathMatch.Exact exact -> message.setPath(exact.path().text());
            case PathMatch.Regex regex ->
                message.setSafeRegex(MatchEncoder.regex(regex.regex().pattern()));
            case PathMatch.SeparatedPrefix prefix ->
                message.setPathSeparatedPrefix(prefix.prefix().text());
            case PathMatch.Connect connect ->
                message.setConnectMatcher(
                        io.envoyproxy.envoy.config.route.v3.RouteMatch.ConnectMatcher.getDefaultInstance());
        }
        if (!match.caseSensitive()) {
            message.setCaseSensitive(WireValues.bool(false));
        }
        match.headers().forEach(header -> message.addHeaders(MatchEncoder.header(header)));
        match.query().forEach(parameter -> message.addQueryParameters(MatchEncoder.query(parameter)));
        if (match.grpc()) {
            message.setGrpc(io.envoyproxy.envoy.config.route.v3.RouteMatch.GrpcRouteMatchOptions.getDefaultInstance());
        }
        return message.build();
    }

    private static RedirectAction redirect(RouteAction.Redirect redirect) {
        RedirectAction.Builder message = RedirectAction.newBuilder()
                .setResponseCode(
                        switch (redirect.code()) {
                            case 301 -> RedirectAction.RedirectResponseCode.MOVED_PERMANENTLY;
                            case 302 -> RedirectAction.RedirectResponseCode.FOUND;
                            case 303 -> RedirectAction.RedirectResponseCode.SEE_OTHER;
                            case 307 -> RedirectAction.RedirectResponseCode.TEMPORARY_REDIRECT;
                            case 308 -> RedirectAction.RedirectResponseCode.PERMANENT_REDIRECT;
                            default ->
                                throw new IllegalArgumentException("redirect code " + redirect.code()
                                        + ", expected one of 301, 302, 303, 307, 308");
                        })
                .setStripQuery(redirect.stripQuery());
        redirect.host().ifPresent(message::setHostRedirect);
        redirect.port().ifPresent(message::setPortRedirect);
        redirect.scheme().ifPresent(message::setSchemeRedirect);
        redirect.path().ifPresent(path -> {
            switch (path) {
                case RouteAction.ReplacePath whole -> message.setPathRedirect(whole.path());
                case RouteAction.ReplacePrefix prefix -> message.setPrefixRewrite(prefix.prefix());
                case RouteAction.ReplaceRegex regex ->
                    message.setRegexRewrite(substitution(regex.pattern(), regex.substitution()));
            }
        });
        return message.build();
    }

    static RegexMatchAndSubstitute substitution(String pattern, String substitution) {
        return RegexMatchAndSubstitute.newBuilder()
                .setPattern(MatchEncoder.regex(pattern))
                .setSubstitution(substitution)
                .build();
    }

    private static DirectResponseAction directResponse(RouteAction.DirectResponse response) {
        DirectResponseAction.Builder message = DirectResponseAction.newBuilder().setStatus(response.status());
        response.body()
                .ifPresent(body -> message.setBody(
                        switch (body) {
                            case RouteAction.Text text ->
                                DataSource.newBuilder().setInlineString(text.text());
                            case RouteAction.Bytes bytes ->
                                DataSource.newBuilder()
                                        .setInlineBytes(com.google.protobuf.ByteString.copyFrom(
                                                bytes.latin1(), StandardCharsets.ISO_8859_1));
                        }));
        return message.build();
    }
}
