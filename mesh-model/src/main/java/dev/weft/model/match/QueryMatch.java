package dev.weft.model.match;

import com.google.errorprone.annotations.Immutable;
import java.util.Optional;

/**
 * One query parameter condition. The first parameter of the name decides, without percent-decoding, as in Envoy; no test means
 * that the parameter must be there.
 */
@Immutable
public record QueryMatch(Literal name, Optional<StringMatch> value) {
    public static QueryMatch of(String name, StringMatch value) {
        return new QueryMatch(Literal.of(name), Optional.of(value));
    }

    public boolean matches(RequestFacts request) {
        long query = request.query();
        if (query == Ranges.NONE) {
            return false;
        }
        byte[] block = request.block();
        int at = Ranges.offset(query);
        int end = at + Ranges.length(query);
        while (at < end) {
            int stop = at;
            int equals = -1;
            while (stop < end && block[stop] != '&') {
                if (block[stop] == '=' && equals < 0) {
                    equals = stop;
                }
                stop++;
            }
            int nameEnd = equals < 0 ? stop : equals;
            if (nameEnd - at == name.length() && name.isAt(block, at, false)) {
                int from = equals < 0 ? stop : equals + 1;
                return value.isEmpty() || value.get().matches(block, from, stop - from);
            }
            at = stop + 1;
        }
        return false;
    }
}
