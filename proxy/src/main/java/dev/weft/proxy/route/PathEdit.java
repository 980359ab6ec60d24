package dev.weft.proxy.route;

import com.google.re2j.Pattern;
import dev.weft.model.route.Forward;
import dev.weft.model.route.PathMatch;
import dev.weft.proxy.exchange.RequestHead;

/**
 * A rewrite of the path, compiled. Immutable. The query never takes part and is kept.
 *
 * <p>A prefix rewrite replaces what the route's match matched: the prefix, or the whole path where the match is exact or a regular
 * expression.
 */
sealed interface PathEdit {
    /** The new path of {@code path}, which has no query. */
    String apply(String path);

    static PathEdit of(Forward.PathRewrite rewrite, PathMatch match) {
        return switch (rewrite) {
            case Forward.PrefixRewrite prefix -> new Prefix(matchedLength(match), prefix.replacement());
            case Forward.RegexRewrite regex -> regex(regex.pattern(), regex.substitution());
        };
    }

    /** How many characters a match covers, -1 for all. */
    static int matchedLength(PathMatch match) {
        return switch (match) {
            case PathMatch.Prefix p -> p.prefix().length();
            case PathMatch.SeparatedPrefix p -> p.prefix().length();
            case PathMatch.Exact e -> -1;
            case PathMatch.Regex r -> -1;
            case PathMatch.Connect c -> -1;
        };
    }

    /** @throws IllegalArgumentException when the pattern is not RE2, or the substitution names a group that it has not */
    static Regex regex(String pattern, String substitution) {
        Pattern compiled = Pattern.compile(pattern);
        return new Regex(compiled, replacement(substitution, compiled.groupCount()));
    }

    /** RE2's {@code \1} in the form of re2j: {@code $1}; other characters stand for themselves, digits behind a group too. */
    private static String replacement(String substitution, int groups) {
        StringBuilder out = new StringBuilder();
        boolean behindGroup = false;
        for (int i = 0; i < substitution.length(); i++) {
            char c = substitution.charAt(i);
            boolean group = false;
            if (c == '\\' && i + 1 < substitution.length()) {
                char next = substitution.charAt(++i);
                group = next >= '0' && next <= '9';
                if (group && next - '0' > groups) {
                    throw new IllegalArgumentException(
                            "substitution '" + substitution + "' names group " + next + ", the pattern has " + groups);
                }
                out.append(group ? '$' : '\\').append(next);
            } else if (c == '$' || c == '\\' || behindGroup && c >= '0' && c <= '9') {
                out.append('\\').append(c);
            } else {
                out.append(c);
            }
            behindGroup = group;
        }
        return out.toString();
    }

    /** Rewrites the head's path. */
    default void apply(RequestHead head) {
        String whole = head.path();
        int end = endOfPath(whole);
        head.path(apply(whole.substring(0, end)) + whole.substring(end));
    }

    /** Where query or fragment begin. */
    static int endOfPath(String whole) {
        int end = 0;
        while (end < whole.length() && whole.charAt(end) != '?' && whole.charAt(end) != '#') {
            end++;
        }
        return end;
    }

    record Prefix(int length, String replacement) implements PathEdit {
        @Override
        public String apply(String path) {
            return length < 0 || length > path.length() ? replacement : replacement + path.substring(length);
        }
    }

    record Regex(Pattern pattern, String replacement) implements PathEdit {
        @Override
        public String apply(String path) {
            return pattern.matcher(path).replaceAll(replacement);
        }
    }
}
