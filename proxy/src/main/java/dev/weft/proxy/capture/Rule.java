package dev.weft.proxy.capture;

import java.util.List;

/** Conditions, all of which must hold, and what happens then. Immutable. */
record Rule(List<Match> matches, Verdict verdict) {
    Rule {
        matches = List.copyOf(matches);
    }

    static Rule of(Verdict verdict, Match... matches) {
        return new Rule(List.of(matches), verdict);
    }
}
