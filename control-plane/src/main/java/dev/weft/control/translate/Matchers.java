package dev.weft.control.translate;

import dev.weft.model.match.HeaderKey;
import dev.weft.model.match.HeaderMatch;
import dev.weft.model.match.Literal;
import dev.weft.model.match.QueryMatch;
import dev.weft.model.match.StringMatch;
import java.util.Optional;

/** From the matchers people write to those of the model. */
final class Matchers {
    private Matchers() {}

    static HeaderMatch header(String name, dev.weft.resources.StringMatch written) {
        return string(written).map(match -> HeaderMatch.of(name, match)).orElseGet(() -> HeaderMatch.present(name));
    }

    static QueryMatch query(String name, dev.weft.resources.StringMatch written) {
        return new QueryMatch(Literal.of(name), string(written));
    }

    /** Empty where it is enough that the thing is there. */
    static Optional<StringMatch> string(dev.weft.resources.StringMatch written) {
        return switch (written) {
            case dev.weft.resources.StringMatch.Exact(String value) -> Optional.of(StringMatch.exact(value));
            case dev.weft.resources.StringMatch.Prefix(String value) -> Optional.of(StringMatch.prefix(value));
            case dev.weft.resources.StringMatch.Regex(String value) -> Optional.of(StringMatch.regex(value));
            case dev.weft.resources.StringMatch.Present ignored -> Optional.empty();
        };
    }

    /** Present and not empty: the form {@code *} of policies. */
    static HeaderMatch presentHeader(String name) {
        return new HeaderMatch(HeaderKey.of(name), new HeaderMatch.Presence(true), false, false);
    }
}
