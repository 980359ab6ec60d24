package dev.weft.model.route;

import com.google.errorprone.annotations.Immutable;
import dev.weft.model.match.Literal;
import dev.weft.model.match.Ranges;
import dev.weft.model.match.RequestFacts;
import dev.weft.model.match.StringMatch;

/** How a route looks at the path. The query never takes part. */
@Immutable
public sealed interface PathMatch {
    boolean matches(RequestFacts request, boolean caseSensitive);

    /** A raw string prefix: {@code /foo} matches {@code /foobar}. */
    record Prefix(Literal prefix) implements PathMatch {
        @Override
        public boolean matches(RequestFacts request, boolean caseSensitive) {
            long path = request.path();
            return path != Ranges.NONE
                    && Ranges.length(path) >= prefix.length()
                    && prefix.isAt(request.block(), Ranges.offset(path), !caseSensitive);
        }
    }

    record Exact(Literal path) implements PathMatch {
        @Override
        public boolean matches(RequestFacts request, boolean caseSensitive) {
            long range = request.path();
            return range != Ranges.NONE
                    && Ranges.length(range) == path.length()
                    && path.isAt(request.block(), Ranges.offset(range), !caseSensitive);
        }
    }

    /** RE2 over the whole path. Case sensitivity is the pattern's own business. */
    record Regex(StringMatch.Regex regex) implements PathMatch {
        @Override
        public boolean matches(RequestFacts request, boolean caseSensitive) {
            return regex.matches(request.block(), request.path());
        }
    }

    /** Prefix by path segments (Gateway API): {@code /foo} matches {@code /foo} and {@code /foo/bar} only. */
    record SeparatedPrefix(Literal prefix) implements PathMatch {
        @Override
        public boolean matches(RequestFacts request, boolean caseSensitive) {
            long path = request.path();
            if (path == Ranges.NONE || Ranges.length(path) < prefix.length()) {
                return false;
            }
            byte[] block = request.block();
            int offset = Ranges.offset(path);
            return prefix.isAt(block, offset, !caseSensitive)
                    && (Ranges.length(path) == prefix.length() || block[offset + prefix.length()] == '/');
        }
    }

    /** A CONNECT request, whatever its path. */
    record Connect() implements PathMatch {
        private static final StringMatch CONNECT = StringMatch.exact("CONNECT");

        @Override
        public boolean matches(RequestFacts request, boolean caseSensitive) {
            return CONNECT.matches(request.block(), request.method());
        }
    }

    static PathMatch prefix(String prefix) {
        return new Prefix(Literal.of(prefix));
    }

    static PathMatch exact(String path) {
        return new Exact(Literal.of(path));
    }
}
