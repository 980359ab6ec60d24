package dev.weft.proxy.capture;

import java.util.List;

/**
 * Rules in order. The chains named {@link #PREROUTING} and {@link #OUTPUT} are where the kernel's hook of that name enters; all others
 * are reached by jumps. Immutable.
 */
record Chain(Table table, String name, List<Rule> rules) {
    static final String PREROUTING = "PREROUTING";
    static final String OUTPUT = "OUTPUT";

    /** The kernel's stations, in the order that a packet passes them. */
    enum Table {
        RAW,
        MANGLE,
        NAT;

        String text() {
            return switch (this) {
                case RAW -> "raw";
                case MANGLE -> "mangle";
                case NAT -> "nat";
            };
        }
    }

    Chain {
        rules = List.copyOf(rules);
    }

    boolean isEntry() {
        return name.equals(PREROUTING) || name.equals(OUTPUT);
    }
}
