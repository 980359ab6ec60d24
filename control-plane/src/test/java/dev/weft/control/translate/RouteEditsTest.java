package dev.weft.control.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import dev.weft.model.route.Forward;
import dev.weft.resources.GatewayRoute.Filters;
import dev.weft.resources.GatewayRoute.Path;
import dev.weft.resources.GatewayRoute.PathEdit;
import dev.weft.resources.GatewayRoute.Redirect;
import dev.weft.resources.GatewayRoute.Rewrite;
import dev.weft.resources.HeaderEdits;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteEditsTest {
    /** The table of the Gateway API, and what it leaves out. */
    @ParameterizedTest
    @CsvSource({
        "/foo, /xyz, /foo/bar, /xyz/bar",
        "/foo, /xyz, /foo, /xyz",
        "/foo, /xyz, /foo/, /xyz/",
        "/foo/, /xyz, /foo/bar, /xyz/bar",
        "/foo, /xyz/, /foo/bar, /xyz/bar",
        "/foo, /xyz/, /foo, /xyz/",
        "/foo, /, /foo/bar, /bar",
        "/foo, /, /foo/, /",
        "/foo, /, /foo, /",
        "/foo, '', /foo/bar, /bar",
        "/, /xyz, /bar, /xyz/bar",
        "/, /xyz, /, /xyz/",
        "/a.b, /, /a.b/c, /c",
    })
    void replacesPrefixesBySegments(String prefix, String replacement, String path, String expected) {
        Filters filters = new Filters(
                HeaderEdits.NONE,
                Optional.empty(),
                Optional.of(new Rewrite(Optional.empty(), Optional.of(new PathEdit.Prefix(replacement)))));

        Forward.PathRewrite rewrite =
                RouteEdits.rewrite(filters, new Path.Prefix(prefix)).path().orElseThrow();

        assertThat(apply(rewrite, RouteEdits.withoutTrailingSlash(prefix).length(), path))
                .isEqualTo(expected);
    }

    /** As a proxy does it. */
    private static String apply(Forward.PathRewrite rewrite, int matched, String path) {
        return switch (rewrite) {
            case Forward.PrefixRewrite(String replacement) -> replacement + path.substring(matched);
            case Forward.RegexRewrite(String pattern, String substitution) ->
                Pattern.compile(pattern).matcher(path).replaceAll(substitution);
        };
    }

    @ParameterizedTest
    @CsvSource({
        // scheme, hostname, port, dialled, expected
        "'', '', 0, 8080, 0",
        "'', a.example.com, 0, 8080, 8080",
        "'', a.example.com, 0, 80, 0",
        "https, '', 0, 8080, 443",
        "https, a.example.com, 0, 8080, 0",
        "http, '', 0, 443, 80",
        "https, a.example.com, 8443, 80, 8443",
    })
    void derivesThePortOfARedirect(String scheme, String hostname, int port, int dialled, int expected) {
        Redirect redirect = new Redirect(some(scheme), some(hostname), Optional.empty(), number(port), 302);

        assertThat(RouteEdits.redirect(redirect, new Path.Prefix("/"), dialled).port())
                .isEqualTo(number(expected));
    }

    private static Optional<String> some(String text) {
        return Optional.of(text).filter(given -> !given.isEmpty());
    }

    private static OptionalInt number(int number) {
        return number == 0 ? OptionalInt.empty() : OptionalInt.of(number);
    }
}
