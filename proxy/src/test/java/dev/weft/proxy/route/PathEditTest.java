package dev.weft.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.weft.model.match.StringMatch;
import dev.weft.model.route.Forward;
import dev.weft.model.route.PathMatch;
import dev.weft.proxy.exchange.RequestHead;
import org.junit.jupiter.api.Test;

class PathEditTest {
    @Test
    void prefixIsCutOffAsItStands() {
        PathMatch match = PathMatch.prefix("/rw/");

        assertThat(rewrite(new Forward.PrefixRewrite("/new/"), match, "/rw/x?q=1"))
                .isEqualTo("/new/x?q=1");
        assertThat(rewrite(new Forward.PrefixRewrite("/"), match, "/rw/x")).isEqualTo("/x");
        assertThat(rewrite(new Forward.PrefixRewrite("/new"), PathMatch.prefix("/rwno"), "/rwnox#f"))
                .isEqualTo("/newx#f");
    }

    @Test
    void exactAndRegexMatchesAreReplacedWhole() {
        assertThat(rewrite(new Forward.PrefixRewrite("/done"), PathMatch.exact("/rwexact"), "/rwexact?a"))
                .isEqualTo("/done?a");
        PathMatch regex = new PathMatch.Regex(new StringMatch.Regex("/rwre/.*"));
        assertThat(rewrite(new Forward.PrefixRewrite("/re"), regex, "/rwre/abc?q=1"))
                .isEqualTo("/re?q=1");
    }

    @Test
    void regexRewriteSubstitutesCaptures() {
        PathMatch match = PathMatch.prefix("/rwrex");

        assertThat(rewrite(
                        new Forward.RegexRewrite("/rwrex/([^/]+)/(.*)", "/\\2/\\1"),
                        match,
                        "/rwrex/one/two/three?q=/a"))
                .isEqualTo("/two/three/one?q=/a");
        assertThat(rewrite(new Forward.RegexRewrite("/(.)", "/\\12\\0"), match, "/a"))
                .isEqualTo("/a2/a");
        assertThat(rewrite(new Forward.RegexRewrite("x", "$1\\\\"), match, "/axbx"))
                .isEqualTo("/a$1\\b$1\\");
        assertThat(rewrite(new Forward.RegexRewrite("nothing", "y"), match, "/a"))
                .isEqualTo("/a");
    }

    @Test
    void groupsThatThePatternHasNotAreRefused() {
        assertThatThrownBy(() -> PathEdit.regex("/(a)", "/\\2")).hasMessageContaining("names group 2");
    }

    private static String rewrite(Forward.PathRewrite rewrite, PathMatch match, String path) {
        RequestHead head = new RequestHead();
        head.path(path);
        PathEdit.of(rewrite, match).apply(head);
        return head.path();
    }
}
