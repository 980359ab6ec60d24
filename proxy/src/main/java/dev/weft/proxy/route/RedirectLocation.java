package dev.weft.proxy.route;

import dev.weft.model.route.PathMatch;
import dev.weft.model.route.RouteAction;
import dev.weft.proxy.exchange.RequestHead;
import org.jspecify.annotations.Nullable;

/**
 * Builds the {@code location} of a redirect. Immutable.
 *
 * <p>The request's port goes where the redirect sets one, and where it is the default of the scheme that the redirect leaves. A
 * replaced path with a query of its own keeps that query, whatever the request had.
 */
final class RedirectLocation {
    private final RouteAction.Redirect redirect;
    private final @Nullable PathEdit pathEdit;
    private final @Nullable String path;

    private RedirectLocation(RouteAction.Redirect redirect, @Nullable PathEdit pathEdit, @Nullable String path) {
        this.redirect = redirect;
        this.pathEdit = pathEdit;
        this.path = path;
    }

    static RedirectLocation of(RouteAction.Redirect redirect, PathMatch match) {
        if (redirect.path().isEmpty()) {
            return new RedirectLocation(redirect, null, null);
        }
        return switch (redirect.path().get()) {
            case RouteAction.ReplacePath replace -> new RedirectLocation(redirect, null, replace.path());
            case RouteAction.ReplacePrefix prefix ->
                new RedirectLocation(
                        redirect, new PathEdit.Prefix(PathEdit.matchedLength(match), prefix.prefix()), null);
            case RouteAction.ReplaceRegex regex ->
                new RedirectLocation(redirect, PathEdit.regex(regex.pattern(), regex.substitution()), null);
        };
    }

    int code() {
        return redirect.code();
    }

    String of(RequestHead request) {
        String oldScheme = request.scheme().text();
        String scheme = redirect.scheme().orElse(oldScheme);
        StringBuilder location = new StringBuilder(scheme).append("://");
        if (redirect.host().isPresent()) {
            location.append(redirect.host().get());
        } else {
            location.append(host(request.authority(), oldScheme, scheme));
        }
        if (redirect.port().isPresent()) {
            location.append(':').append(redirect.port().getAsInt());
        }
        appendPath(location, request.path());
        return location.toString();
    }

    private String host(String authority, String oldScheme, String newScheme) {
        int colon = authority.lastIndexOf(':');
        if (colon < 0 || authority.indexOf(']', colon) >= 0) {
            return authority;
        }
        String port = authority.substring(colon);
        boolean leavesDefault = !newScheme.equals(oldScheme) && port.equals(oldScheme.equals("https") ? ":443" : ":80");
        return redirect.port().isPresent() || leavesDefault ? authority.substring(0, colon) : authority;
    }

    private void appendPath(StringBuilder location, String requested) {
        int end = PathEdit.endOfPath(requested);
        if (path != null) {
            location.append(path);
            if (path.indexOf('?') >= 0) {
                return;
            }
        } else {
            String old = requested.substring(0, end);
            location.append(pathEdit == null ? old : pathEdit.apply(old));
        }
        if (!redirect.stripQuery()) {
            location.append(requested, end, requested.length());
        }
    }
}
