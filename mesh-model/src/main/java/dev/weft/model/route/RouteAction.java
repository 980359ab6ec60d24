package dev.weft.model.route;

import com.google.errorprone.annotations.Immutable;
import java.util.Optional;
import java.util.OptionalInt;

/** What happens to a request that a route matched. */
@Immutable
public sealed interface RouteAction
        permits Forward, RouteAction.Redirect, RouteAction.DirectResponse, RouteAction.NonForwarding {
    /**
     * Sends the client elsewhere.
     *
     * @param code 301, 302, 303, 307 or 308
     * @param scheme the new scheme; the port of the request's authority is dropped where it is the old scheme's default
     * @param path replaces the path or its matched prefix; empty keeps it
     */
    record Redirect(
            int code,
            Optional<String> host,
            OptionalInt port,
            Optional<String> scheme,
            Optional<PathRedirect> path,
            boolean stripQuery)
            implements RouteAction {}

    /** How a redirect changes the path. */
    @Immutable
    sealed interface PathRedirect {}

    record ReplacePath(String path) implements PathRedirect {}

    record ReplacePrefix(String prefix) implements PathRedirect {}

    record ReplaceRegex(String pattern, String substitution) implements PathRedirect {}

    /** Answers at once. The body is UTF-8 text or raw bytes in ISO-8859-1 form. */
    record DirectResponse(int status, Optional<Body> body) implements RouteAction {}

    /** Content of a direct response. */
    @Immutable
    sealed interface Body {}

    record Text(String text) implements Body {}

    /** Raw bytes, each char one byte. */
    record Bytes(String latin1) implements Body {}

    /** Serves at this process itself (gRPC servers); a proxy answers 404. */
    record NonForwarding() implements RouteAction {}
}
