package dev.weft.xds.decode;

import com.google.re2j.PatternSyntaxException;
import dev.weft.model.match.HeaderKey;
import dev.weft.model.match.HeaderMatch;
import dev.weft.model.match.Literal;
import dev.weft.model.match.PortRange;
import dev.weft.model.match.QueryMatch;
import dev.weft.model.match.StringMatch;
import dev.weft.xds.FieldPath;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.QueryParameterMatcher;
import io.envoyproxy.envoy.type.matcher.v3.PathMatcher;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.v3.Int32Range;
import java.util.Optional;

/** Matchers of text, headers, query parameters and ports. */
final class MatchDecoder {
    private static final StringMatch NOTHING = StringMatch.exact("");

    private final Reading reading;
    private final ValueDecoder values;

    MatchDecoder(Reading reading) {
        this.reading = reading;
        this.values = new ValueDecoder(reading);
    }

    StringMatch string(StringMatcher message, FieldPath at) {
        boolean ignoreCase = message.getIgnoreCase();
        return switch (message.getMatchPatternCase()) {
            case EXACT -> new StringMatch.Exact(Literal.of(message.getExact()), ignoreCase);
            case PREFIX -> new StringMatch.Prefix(literal(message.getPrefix(), at.field("prefix")), ignoreCase);
            case SUFFIX -> new StringMatch.Suffix(literal(message.getSuffix(), at.field("suffix")), ignoreCase);
            case CONTAINS -> new StringMatch.Contains(literal(message.getContains(), at.field("contains")), ignoreCase);
            // Envoy does not let ignore_case touch expressions; they say it themselves, by (?i).
            case SAFE_REGEX -> regex(message.getSafeRegex(), at.field("safe_regex"));
            case CUSTOM -> {
                reading.problem(at.field("custom"), "is not supported");
                yield NOTHING;
            }
            case MATCHPATTERN_NOT_SET -> {
                reading.problem(at, "found no pattern, expected exact, prefix, suffix, contains or safe_regex");
                yield NOTHING;
            }
        };
    }

    private Literal literal(String text, FieldPath at) {
        return Literal.of(values.required(text, at));
    }

    StringMatch.Regex regex(RegexMatcher message, FieldPath at) {
        FieldPath regexAt = at.field("regex");
        String pattern = values.required(message.getRegex(), regexAt);
        try {
            return new StringMatch.Regex(pattern);
        } catch (PatternSyntaxException e) {
            reading.problem(regexAt, "found \"" + pattern + "\", expected an RE2 expression: " + e.getDescription());
            return new StringMatch.Regex("");
        }
    }

    StringMatch path(PathMatcher message, FieldPath at) {
        if (!message.hasPath()) {
            reading.problem(at.field("path"), "is required");
            return NOTHING;
        }
        return string(message.getPath(), at.field("path"));
    }

    @SuppressWarnings("deprecation") // servers still send the text tests from before string_match
    HeaderMatch header(HeaderMatcher message, FieldPath at) {
        HeaderKey name = HeaderKey.of(values.required(message.getName(), at.field("name")));
        HeaderMatch.Test test = switch (message.getHeaderMatchSpecifierCase()) {
            case STRING_MATCH -> new HeaderMatch.Value(string(message.getStringMatch(), at.field("string_match")));
            case EXACT_MATCH -> new HeaderMatch.Value(StringMatch.exact(message.getExactMatch()));
            case PREFIX_MATCH -> new HeaderMatch.Value(StringMatch.prefix(message.getPrefixMatch()));
            case SUFFIX_MATCH -> new HeaderMatch.Value(StringMatch.suffix(message.getSuffixMatch()));
            case CONTAINS_MATCH ->
                new HeaderMatch.Value(new StringMatch.Contains(Literal.of(message.getContainsMatch()), false));
            case SAFE_REGEX_MATCH ->
                new HeaderMatch.Value(regex(message.getSafeRegexMatch(), at.field("safe_regex_match")));
            case RANGE_MATCH ->
                new HeaderMatch.IntegerRange(
                        message.getRangeMatch().getStart(),
                        message.getRangeMatch().getEnd());
            case PRESENT_MATCH -> new HeaderMatch.Presence(message.getPresentMatch());
            case HEADERMATCHSPECIFIER_NOT_SET -> new HeaderMatch.Presence(true);
        };
        return new HeaderMatch(name, test, message.getInvertMatch(), message.getTreatMissingHeaderAsEmpty());
    }

    QueryMatch query(QueryParameterMatcher message, FieldPath at) {
        Literal name = literal(message.getName(), at.field("name"));
        return switch (message.getQueryParameterMatchSpecifierCase()) {
            case STRING_MATCH ->
                new QueryMatch(name, Optional.of(string(message.getStringMatch(), at.field("string_match"))));
            case PRESENT_MATCH -> {
                if (!message.getPresentMatch()) {
                    reading.problem(at.field("present_match"), "found false, expected true");
                }
                yield new QueryMatch(name, Optional.empty());
            }
            case QUERYPARAMETERMATCHSPECIFIER_NOT_SET -> new QueryMatch(name, Optional.empty());
        };
    }

    PortRange ports(Int32Range message, FieldPath at) {
        if (message.getStart() < 0 || message.getEnd() > 65_536 || message.getStart() >= message.getEnd()) {
            reading.problem(
                    at,
                    "found " + message.getStart() + " to " + message.getEnd()
                            + ", expected a range of ports, its end excluded");
        }
        return new PortRange(message.getStart(), message.getEnd());
    }
}
