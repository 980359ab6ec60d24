package dev.weft.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.route.PathMatch;
import dev.weft.model.route.RouteAction;
import dev.weft.proxy.exchange.RequestHead;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedirectLocationTest {
    @ParameterizedTest(name = "{0}{1} host={2} port={3} scheme={4} path={5} -> {7}")
    @CsvSource(
            nullValues = "-",
            value = {
                // authority, path, host, port, scheme, new path, strip query, location
                "a:9080, /redir?x,   -,          -,    -,     /to,       false, http://a:9080/to?x",
                "a:9080, /redir?x,   other.host, -,    -,     -,         false, http://other.host/redir?x",
                "a:9080, /redir,     other.host, -,    -,     /to,       false, http://other.host/to",
                "a:9080, /redir,     -,          8443, https, -,         false, https://a:8443/redir",
                "a:80,   /redir,     -,          -,    https, -,         false, https://a/redir",
                "a:9080, /redir,     -,          -,    https, -,         false, https://a:9080/redir",
                "a:443,  /redir,     -,          -,    https, -,         false, https://a:443/redir",
                "a,      /redir,     -,          8080, -,     -,         false, http://a:8080/redir",
                "[::1]:80, /redir,   -,          -,    https, -,         false, https://[::1]/redir",
                "[::1],  /redir,     -,          -,    https, -,         false, https://[::1]/redir",
                "a:9080, /redir?x=1, -,          -,    -,     -,         true,  http://a:9080/redir",
                "a:9080, /redir?x=1, -,          -,    -,     /to?y=2,   true,  http://a:9080/to?y=2",
                "a:9080, /redir?x=1, -,          -,    -,     /to?y=2,   false, http://a:9080/to?y=2",
            })
    void locations(
            String authority,
            String path,
            String host,
            Integer port,
            String scheme,
            String newPath,
            boolean strip,
            String location) {
        RouteAction.Redirect redirect = new RouteAction.Redirect(
                301,
                Optional.ofNullable(host),
                port == null ? OptionalInt.empty() : OptionalInt.of(port),
                Optional.ofNullable(scheme),
                Optional.ofNullable(newPath).map(RouteAction.ReplacePath::new),
                strip);

        assertThat(RedirectLocation.of(redirect, PathMatch.prefix("/redir")).of(request(authority, path)))
                .isEqualTo(location);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({"/redir-pre/x?q, http://a/new/x?q", "/redir-pre, http://a/new", "/redir-prefix, http://a/newfix"})
    void matchedPrefixIsReplaced(String path, String location) {
        RouteAction.Redirect redirect = new RouteAction.Redirect(
                301,
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.of(new RouteAction.ReplacePrefix("/new")),
                false);

        assertThat(RedirectLocation.of(redirect, PathMatch.prefix("/redir-pre")).of(request("a", path)))
                .isEqualTo(location);
    }

    @ParameterizedTest(name = "{0} -> {1}")
    @CsvSource({"/a/b?q, http://a/b/a?q", "/other, http://a/other"})
    void regexIsReplaced(String path, String location) {
        RouteAction.Redirect redirect = new RouteAction.Redirect(
                301,
                Optional.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                Optional.of(new RouteAction.ReplaceRegex("^/(\\w)/(\\w)$", "/\\2/\\1")),
                false);

        assertThat(RedirectLocation.of(redirect, PathMatch.prefix("/")).of(request("a", path)))
                .isEqualTo(location);
    }

    private static RequestHead request(String authority, String path) {
        RequestHead head = new RequestHead();
        head.method("GET");
        head.authority(authority);
        head.path(path);
        return head;
    }
}
