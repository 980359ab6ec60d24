package dev.weft.model.match;

import com.google.errorprone.annotations.Immutable;
import com.google.re2j.Pattern;
import java.nio.charset.StandardCharsets;

/**
 * A string matcher with Envoy's semantics ({@code envoy.type.matcher.v3.StringMatcher}): exact, prefix, suffix and contains may
 * ignore ASCII case; a regular expression is RE2 and must match the whole value.
 */
@Immutable
public sealed interface StringMatch {
    /** Tests a byte range; {@link Ranges#NONE} never matches. */
    boolean matches(byte[] block, int offset, int length);

    default boolean matches(String value) {
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return matches(bytes, 0, bytes.length);
    }

    default boolean matches(byte[] block, long range) {
        return range != Ranges.NONE && matches(block, Ranges.offset(range), Ranges.length(range));
    }

    static StringMatch exact(String value) {
        return new Exact(Literal.of(value), false);
    }

    static StringMatch prefix(String value) {
        return new Prefix(Literal.of(value), false);
    }

    static StringMatch suffix(String value) {
        return new Suffix(Literal.of(value), false);
    }

    /** @throws com.google.re2j.PatternSyntaxException when the pattern is not RE2 */
    static StringMatch regex(String pattern) {
        return new Regex(pattern);
    }

    record Exact(Literal value, boolean ignoreCase) implements StringMatch {
        @Override
        public boolean matches(byte[] block, int offset, int length) {
            return length == value.length() && value.isAt(block, offset, ignoreCase);
        }
    }

    record Prefix(Literal value, boolean ignoreCase) implements StringMatch {
        @Override
        public boolean matches(byte[] block, int offset, int length) {
            return length >= value.length() && value.isAt(block, offset, ignoreCase);
        }
    }

    record Suffix(Literal value, boolean ignoreCase) implements StringMatch {
        @Override
        public boolean matches(byte[] block, int offset, int length) {
            return length >= value.length() && value.isAt(block, offset + length - value.length(), ignoreCase);
        }
    }

    record Contains(Literal value, boolean ignoreCase) implements StringMatch {
        @Override
        public boolean matches(byte[] block, int offset, int length) {
            for (int i = offset, last = offset + length - value.length(); i <= last; i++) {
                if (value.isAt(block, i, ignoreCase)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** RE2 over the whole value. Equal where the patterns are equal. */
    final class Regex implements StringMatch {
        private final String pattern;

        @SuppressWarnings("Immutable") // re2j patterns are safe for use by several threads
        private final Pattern compiled;

        public Regex(String pattern) {
            this.pattern = pattern;
            this.compiled = Pattern.compile(pattern);
        }

        public String pattern() {
            return pattern;
        }

        @Override
        public boolean matches(byte[] block, int offset, int length) {
            byte[] value = new byte[length];
            System.arraycopy(block, offset, value, 0, length);
            return compiled.matcher(value).matches();
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Regex other && pattern.equals(other.pattern);
        }

        @Override
        public int hashCode() {
            return pattern.hashCode();
        }

        @Override
        public String toString() {
            return "Regex[" + pattern + "]";
        }
    }
}
