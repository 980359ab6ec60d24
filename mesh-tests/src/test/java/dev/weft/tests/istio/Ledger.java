package dev.weft.tests.istio;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableMap;
import com.google.common.io.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Cases that are not expected to be as recorded: a text file with one {@code rule-set/case | reason | ...} a line. */
final class Ledger {
    private final ImmutableMap<String, String> reasons;

    private Ledger(ImmutableMap<String, String> reasons) {
        this.reasons = reasons;
    }

    static Ledger read(String resource) {
        try {
            ImmutableMap.Builder<String, String> reasons = ImmutableMap.builder();
            for (String line : Resources.readLines(Resources.getResource(resource), StandardCharsets.UTF_8)) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    List<String> parts = Splitter.on('|').trimResults().limit(2).splitToList(line);
                    reasons.put(parts.get(0), parts.get(1));
                }
            }
            return new Ledger(reasons.buildOrThrow());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<String> reason(RecordedCase recorded) {
        return Optional.ofNullable(reasons.get(recorded.name()));
    }

    Iterable<String> names() {
        return reasons.keySet();
    }
}
