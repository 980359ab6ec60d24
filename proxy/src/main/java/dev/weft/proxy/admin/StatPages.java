package dev.weft.proxy.admin;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.weft.proxy.telemetry.StatsPage;
import dev.weft.proxy.telemetry.StatsPage.Choice;
import dev.weft.proxy.telemetry.StatsPage.Usage;
import java.util.Optional;
import java.util.function.Function;

/** {@code /stats} and {@code /stats/prometheus}. Immutable. */
final class StatPages {
    private final StatsPage page;

    StatPages(StatsPage page) {
        this.page = page;
    }

    Answer stats(AdminRequest request) {
        return switch (request.value("format")) {
            case "", "text" -> chosen(request, choice -> Answer.text(page.text(choice)));
            case "json" -> chosen(request, choice -> Answer.json(page.json(choice)));
            case "prometheus" -> prometheus(request);
            default ->
                Answer.text(400, "format is '" + request.value("format") + "', expected text, json or prometheus\n");
        };
    }

    Answer prometheus(AdminRequest request) {
        return chosen(request, choice -> Answer.prometheus(page.prometheus(choice)));
    }

    private static Answer chosen(AdminRequest request, Function<Choice, Answer> answer) {
        Optional<Pattern> filter;
        try {
            filter = request.has("filter") ? Optional.of(Pattern.compile(request.value("filter"))) : Optional.empty();
        } catch (PatternSyntaxException e) {
            return Answer.text(400, "filter is no regular expression: " + e.getMessage() + "\n");
        }
        return answer.apply(new Choice(filter, request.has("usedonly") ? Usage.USED_ONLY : Usage.ALL));
    }
}
