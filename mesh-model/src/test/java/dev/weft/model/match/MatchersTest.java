package dev.weft.model.match;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableListMultimap;
import org.junit.jupiter.api.Test;

class MatchersTest {
    private static RequestFacts request(String path, String... headers) {
        ImmutableListMultimap.Builder<String, String> all = ImmutableListMultimap.builder();
        for (int i = 0; i < headers.length; i += 2) {
            all.put(headers[i], headers[i + 1]);
        }
        return RequestFactsOf.of("GET", "host", path, all.build());
    }

    @Test
    void testsEachValueOfARepeatedHeaderAlone() {
        HeaderMatch b = HeaderMatch.of("x", StringMatch.exact("b"));

        assertThat(b.matches(request("/", "x", "a", "X", "b"))).isTrue();
        assertThat(b.matches(request("/", "x", "a,b"))).isFalse();
    }

    @Test
    void missingHeaderMatchesNoValueNotEvenInverted() {
        HeaderMatch inverted =
                new HeaderMatch(HeaderKey.of("x"), new HeaderMatch.Value(StringMatch.exact("a")), true, false);

        assertThat(inverted.matches(request("/"))).isFalse();
        assertThat(inverted.matches(request("/", "x", "b"))).isTrue();
        assertThat(inverted.matches(request("/", "x", "b", "x", "a"))).isFalse();
    }

    @Test
    void negationTakesAMissingHeaderAsAMatch() {
        assertThat(HeaderMatch.of("x", StringMatch.exact("a")).not().matches(request("/")))
                .isTrue();
        assertThat(HeaderMatch.present("x").not().matches(request("/"))).isTrue();
        assertThat(HeaderMatch.present("x").not().matches(request("/", "x", "")))
                .isFalse();
    }

    @Test
    void rangesAreHalfOpenAndTakeWholeNumbersOnly() {
        HeaderMatch range = new HeaderMatch(HeaderKey.of("n"), new HeaderMatch.IntegerRange(-5, 10), false, false);

        assertThat(range.matches(request("/", "n", "-5"))).isTrue();
        assertThat(range.matches(request("/", "n", "9"))).isTrue();
        assertThat(range.matches(request("/", "n", "10"))).isFalse();
        assertThat(range.matches(request("/", "n", "9x"))).isFalse();
        assertThat(range.matches(request("/", "n", ""))).isFalse();
    }

    @Test
    void firstParameterOfANameDecides() {
        QueryMatch one = QueryMatch.of("a", StringMatch.exact("1"));

        assertThat(one.matches(request("/p?b=2&a=1"))).isTrue();
        assertThat(one.matches(request("/p?a=2&a=1"))).isFalse();
        assertThat(one.matches(request("/p?aa=1"))).isFalse();
        assertThat(one.matches(request("/p"))).isFalse();
        assertThat(QueryMatch.of("a", StringMatch.exact("")).matches(request("/p?a")))
                .isTrue();
    }

    @Test
    void regularExpressionsMatchTheWholeValue() {
        assertThat(StringMatch.regex("a|b").matches("b")).isTrue();
        assertThat(StringMatch.regex("a|b").matches("ab")).isFalse();
    }

    @Test
    void caseIsIgnoredForAsciiOnly() {
        StringMatch.Prefix prefix = new StringMatch.Prefix(Literal.of("Über"), true);

        assertThat(prefix.matches("Überall")).isTrue();
        assertThat(prefix.matches("ÜBERALL")).isTrue();
        assertThat(prefix.matches("überall")).isFalse();
    }
}
