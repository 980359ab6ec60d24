package dev.weft.control.translate;

import com.google.common.collect.ImmutableMap;
import com.google.re2j.Pattern;
import dev.weft.model.route.Forward;
import dev.weft.model.route.RouteAction;
import dev.weft.resources.GatewayRoute.Filters;
import dev.weft.resources.GatewayRoute.Path;
import dev.weft.resources.GatewayRoute.PathEdit;
import dev.weft.resources.GatewayRoute.Redirect;
import dev.weft.resources.GatewayRoute.Rewrite;
import dev.weft.resources.HeaderEdits;
import dev.weft.resources.HeaderEdits.Operations;
import java.util.OptionalInt;

/**
 * The filters of the Gateway API in the model's words. Pure. Prefixes are replaced by whole segments, so that {@code /} in the place of
 * {@code /foo} makes {@code /bar} of {@code /foo/bar}, not {@code //bar}.
 */
final class RouteEdits {
    private static final String WHOLE_PATH = "/.*";
    private static final int HTTP = 80;
    private static final int HTTPS = 443;

    private RouteEdits() {}

    /** The same edits, where a percent sign in a value is nothing but that. */
    static HeaderEdits literal(HeaderEdits edits) {
        return new HeaderEdits(literal(edits.request()), literal(edits.response()));
    }

    private static Operations literal(Operations operations) {
        return new Operations(literal(operations.set()), literal(operations.add()), operations.remove());
    }

    private static ImmutableMap<String, String> literal(ImmutableMap<String, String> values) {
        return values.entrySet().stream()
                .collect(ImmutableMap.toImmutableMap(
                        entry -> entry.getKey(), entry -> entry.getValue().replace("%", "%%")));
    }

    static Forward.Rewrite rewrite(Filters filters, Path matched) {
        return new Forward.Rewrite(
                filters.rewrite().flatMap(Rewrite::path).map(edit -> path(edit, matched)),
                filters.rewrite()
                        .flatMap(Rewrite::hostname)
                        .or(() -> HeaderTranslator.host(filters.headers()))
                        .map(Forward.LiteralHost::new));
    }

    private static Forward.PathRewrite path(PathEdit edit, Path matched) {
        return switch (edit) {
            case PathEdit.Full(String path) -> new Forward.RegexRewrite(WHOLE_PATH, substitution(path));
            case PathEdit.Prefix(String replacement) -> {
                String prefix = prefix(matched);
                yield isSimple(prefix, replacement)
                        ? new Forward.PrefixRewrite(replacement)
                        : new Forward.RegexRewrite(pattern(prefix), substitution(slashed(replacement)));
            }
        };
    }

    /** @param dialled the port on which the request came */
    static RouteAction.Redirect redirect(Redirect redirect, Path matched, int dialled) {
        return new RouteAction.Redirect(
                redirect.code(),
                redirect.hostname(),
                port(redirect, dialled),
                redirect.scheme(),
                redirect.path().map(edit -> redirectPath(edit, matched)),
                false);
    }

    /**
     * A new scheme without a port means its default port; a new host without either keeps the port of the request. What is the default is
     * not written where nothing has to be overwritten.
     */
    private static OptionalInt port(Redirect redirect, int dialled) {
        if (redirect.port().isPresent()) {
            return redirect.port();
        }
        boolean newHost = redirect.hostname().isPresent();
        if (redirect.scheme().isPresent()) {
            boolean https = redirect.scheme().get().equals("https");
            return newHost ? OptionalInt.empty() : OptionalInt.of(https ? HTTPS : HTTP);
        }
        return newHost && dialled != HTTP && dialled != HTTPS ? OptionalInt.of(dialled) : OptionalInt.empty();
    }

    private static RouteAction.PathRedirect redirectPath(PathEdit edit, Path matched) {
        return switch (edit) {
            case PathEdit.Full(String path) -> new RouteAction.ReplacePath(path);
            case PathEdit.Prefix(String replacement) -> {
                String prefix = prefix(matched);
                yield isSimple(prefix, replacement)
                        ? new RouteAction.ReplacePrefix(replacement)
                        : new RouteAction.ReplaceRegex(pattern(prefix), substitution(slashed(replacement)));
            }
        };
    }

    static String withoutTrailingSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static String prefix(Path matched) {
        return matched instanceof Path.Prefix(String value) ? withoutTrailingSlash(value) : "";
    }

    /** Whether the rest of the path, which is empty or begins with a slash, can be put behind the replacement as it is. */
    private static boolean isSimple(String prefix, String replacement) {
        return !prefix.isEmpty() && !replacement.isEmpty() && !replacement.endsWith("/");
    }

    private static String pattern(String prefix) {
        return "^" + Pattern.quote(prefix) + "/?";
    }

    private static String slashed(String replacement) {
        return replacement.endsWith("/") ? replacement : replacement + "/";
    }

    private static String substitution(String text) {
        return text.replace("\\", "\\\\");
    }
}
