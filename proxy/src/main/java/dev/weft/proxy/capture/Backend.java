package dev.weft.proxy.capture;

import java.util.Optional;

/** A way to write rules into the kernel. Touches nothing that is not ours. */
interface Backend {
    String name();

    /** Why this kernel or machine does not take the rules; empty where it does. Changes nothing. */
    Optional<String> obstacle(RuleSet rules);

    /** The text that {@link #apply} hands to its program. */
    String script(RuleSet rules);

    /** What the kernel has of ours. */
    Listing actual(Family family);

    /** The same for rules that are in place. */
    Listing wanted(RuleSet rules);

    /** Makes ours be these. */
    void apply(RuleSet rules);

    /** Takes away what is ours. */
    void clean(Family family);
}
