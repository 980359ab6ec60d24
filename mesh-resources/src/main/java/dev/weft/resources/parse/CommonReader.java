package dev.weft.resources.parse;

import com.google.common.collect.ImmutableSet;
import dev.weft.resources.Destination;
import dev.weft.resources.FieldPath;
import dev.weft.resources.LabelSelector;
import dev.weft.resources.Percent;
import dev.weft.resources.StringMatch;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the messages that several kinds share. */
final class CommonReader {
    private CommonReader() {}

    static Destination destination(Fields fields) {
        OptionalInt port = fields.message("port").map(p -> p.number("number")).orElse(OptionalInt.empty());
        String host = fields.text("host").orElse("");
        if (!host.isEmpty() && (host.startsWith("*") || !Formats.isHostOrAddress(host))) {
            fields.checks().invalid(fields.at("host"), "found \"" + host + "\", expected the name of one host");
        }
        return new Destination(host, fields.text("subset"), port);
    }

    static StringMatch stringMatch(Fields fields) {
        Optional<String> exact = fields.writtenText("exact");
        if (exact.isPresent()) {
            return new StringMatch.Exact(exact.get());
        }
        Optional<String> prefix = fields.writtenText("prefix");
        if (prefix.isPresent()) {
            if (prefix.get().isEmpty()) {
                fields.checks().invalid(fields.at("prefix"), "found an empty prefix");
            }
            return new StringMatch.Prefix(prefix.get());
        }
        Optional<String> regex = fields.writtenText("regex");
        if (regex.isPresent()) {
            Formats.regexProblem(regex.get())
                    .ifPresent(problem -> fields.checks().invalid(fields.at("regex"), problem));
            return new StringMatch.Regex(regex.get());
        }
        return new StringMatch.Present();
    }

    static Percent percent(Fields fields) {
        double value = fields.decimal("value");
        if (value < 0 || value > 100 || value > 0 && value < 0.0001) {
            fields.checks().invalid(fields.at("value"), "found " + value + ", expected 0, or from 0.0001 to 100");
        }
        return new Percent(value);
    }

    /** A selector under {@code field}, with its labels under {@code labels}; one without labels selects everything, as none does. */
    static Optional<LabelSelector> selector(Fields fields, String field, String labels) {
        Optional<LabelSelector> selector = fields.message(field).map(s -> new LabelSelector(s.textMap(labels)));
        if (selector.isPresent()) {
            FieldPath at = fields.at(field).field(labels);
            if (selector.get().labels().isEmpty()) {
                fields.checks().ineffective(fields.at(field), "a selector without labels selects every workload");
            }
            selector.get().labels().forEach((key, value) -> {
                if (key.isEmpty() || key.contains("*") || value.contains("*")) {
                    fields.checks()
                            .invalid(
                                    at.key(key),
                                    "found \"" + key + ": " + value + "\", expected a label; wildcards do not select");
                }
            });
        }
        return selector.filter(s -> !s.labels().isEmpty());
    }

    static ImmutableSet<String> exportTo(Fields fields, String field) {
        var tokens = fields.texts(field);
        ImmutableSet<String> set = ImmutableSet.copyOf(tokens);
        if (set.size() < tokens.size()) {
            fields.checks().conflict(fields.at(field), "found a namespace twice");
        }
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            boolean alone = token.equals("*") || token.equals("~");
            if (alone && set.size() > 1) {
                fields.checks()
                        .conflict(
                                fields.at(field).index(i), "found \"" + token + "\" beside others, expected it alone");
            } else if (!alone && !token.equals(".") && !Formats.isObjectName(token)) {
                fields.checks()
                        .invalid(
                                fields.at(field).index(i),
                                "found \"" + token + "\", expected \"*\", \".\", \"~\" or a namespace");
            }
        }
        return set;
    }
}
