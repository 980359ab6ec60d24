package dev.weft.xds.encode;

import dev.weft.model.match.HeaderMatch;
import dev.weft.model.match.PortRange;
import dev.weft.model.match.QueryMatch;
import dev.weft.model.match.StringMatch;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.v3.Int32Range;
import io.envoyproxy.envoy.type.v3.Int64Range;

/** Matchers of text, headers, query parameters and ports. */
final class MatchEncoder {
    private MatchEncoder() {}

    static StringMatcher string(StringMatch match) {
        StringMatcher.Builder matcher = StringMatcher.newBuilder();
        switch (match) {
            case StringMatch.Exact exact ->
                matcher.setExact(exact.value().text()).setIgnoreCase(exact.ignoreCase());
            case StringMatch.Prefix prefix ->
                matcher.setPrefix(prefix.value().text()).setIgnoreCase(prefix.ignoreCase());
            case StringMatch.Suffix suffix ->
                matcher.setSuffix(suffix.value().text()).setIgnoreCase(suffix.ignoreCase());
            case StringMatch.Contains contains ->
                matcher.setContains(contains.value().text()).setIgnoreCase(contains.ignoreCase());
            case StringMatch.Regex regex -> matcher.setSafeRegex(regex(regex.pattern()));
        }
        return matcher.build();
    }

    static RegexMatcher regex(String pattern) {
        return RegexMatcher.newBuilder().setRegex(pattern).build();
    }

    static PathMatcher path(StringMatch match) {
        return PathMatcher.newBuilder().setPath(string(match)).build();
    }

    static HeaderMatcher header(HeaderMatch match) {
        HeaderMatcher.Builder matcher = HeaderMatcher.newBuilder()
                .setName(match.name().name())
                .setInvertMatch(match.invert())
                .setTreatMissingHeaderAsEmpty(match.treatMissingAsEmpty());
        switch (match.test()) {
            case HeaderMatch.Presence presence -> matcher.setPresentMatch(presence.present());
            case HeaderMatch.Value value -> matcher.setStringMatch(string(value.match()));
            case HeaderMatch.IntegerRange range ->
                matcher.setRangeMatch(
                        Int64Range.newBuilder().setStart(range.start()).setEnd(range.end()));
        }
        return matcher.build();
    }

    static QueryParameterMatcher query(QueryMatch match) {
        QueryParameterMatcher.Builder matcher =
                QueryParameterMatcher.newBuilder().setName(match.name().text());
        match.value()
                .ifPresentOrElse(value -> matcher.setStringMatch(string(value)), () -> matcher.setPresentMatch(true));
        return matcher.build();
    }

    static Int32Range ports(PortRange range) {
        return Int32Range.newBuilder()
                .setStart(range.start())
                .setEnd(range.end())
                .build();
    }
}
