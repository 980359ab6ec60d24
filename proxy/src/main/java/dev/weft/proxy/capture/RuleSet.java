package dev.weft.proxy.capture;

import java.util.List;

/** All rules of one family, grouped by table; no chain is empty, and none is jumped to before it is listed. Immutable. */
record RuleSet(Family family, List<Chain> chains) {
    RuleSet {
        chains = List.copyOf(chains);
    }

    int size() {
        int rules = 0;
        for (Chain chain : chains) {
            rules += chain.rules().size();
        }
        return rules;
    }
}
