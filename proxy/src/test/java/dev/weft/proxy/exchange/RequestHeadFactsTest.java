package dev.weft.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.model.match.HeaderKey;
import dev.weft.model.match.Ranges;
import dev.weft.model.match.RequestFacts;
import org.junit.jupiter.api.Test;

class RequestHeadFactsTest {
    private final RequestHead head = new RequestHead();
    private final RequestFacts facts = head.facts();

    @Test
    void pathEndsBeforeQueryAndFragment() {
        head.path("/a/b?x=1#top");

        assertThat(text(facts.path())).isEqualTo("/a/b");
        assertThat(text(facts.query())).isEqualTo("x=1#top");
        assertThat(text(facts.pathAndQuery())).isEqualTo("/a/b?x=1#top");
    }

    @Test
    void followsEditsAndTheNextMessage() {
        head.path("/first?q");
        assertThat(text(facts.path())).isEqualTo("/first");

        head.path("/second");
        assertThat(text(facts.path())).isEqualTo("/second");
        assertThat(facts.query()).isEqualTo(Ranges.NONE);

        head.clear();
        head.path("/xx?y=12");
        assertThat(text(facts.path())).isEqualTo("/xx");
    }

    @Test
    void findsTheNthValueOfKnownAndUnknownNames() {
        head.headers().add(HeaderName.of("x-own"), "a");
        head.headers().add(HeaderName.ACCEPT, "text/html");
        head.headers().add(HeaderName.of("x-own"), "b");

        assertThat(text(facts.header(HeaderKey.of("X-Own"), 1))).isEqualTo("b");
        assertThat(facts.header(HeaderKey.of("x-own"), 2)).isEqualTo(Ranges.NONE);
        assertThat(text(facts.header(HeaderKey.of("accept"), 0))).isEqualTo("text/html");
        assertThat(facts.header(HeaderKey.of("cookie"), 0)).isEqualTo(Ranges.NONE);
    }

    @Test
    void hostMeansTheAuthority() {
        head.method("GET");
        head.authority("a:80");
        head.scheme(RequestHead.Scheme.HTTPS);

        assertThat(text(facts.header(HeaderKey.of("host"), 0))).isEqualTo("a:80");
        assertThat(text(facts.header(HeaderKey.METHOD, 0))).isEqualTo("GET");
        assertThat(text(facts.header(HeaderKey.SCHEME, 0))).isEqualTo("https");
    }

    private String text(long range) {
        return Ranges.text(facts.block(), range);
    }
}
