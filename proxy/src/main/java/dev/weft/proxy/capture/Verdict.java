package dev.weft.proxy.capture;

/** What a {@link Rule} does with a packet that fits. Immutable. */
sealed interface Verdict {
    /** Those without a parameter. */
    enum Plain implements Verdict {
        /** Back to the chain that jumped here; at the top: leave the packet alone. */
        RETURN,
        ACCEPT,
        DROP,
        /** The packet's mark becomes its connection's. */
        SAVE_MARK,
        /** The connection's mark becomes the packet's. */
        RESTORE_MARK
    }

    /** On in another chain of the same table. */
    record Jump(String chain) implements Verdict {}

    /** To a port of this host; the original destination is kept by conntrack. */
    record Redirect(int port) implements Verdict {}

    /** To the transparent socket on this port; the packet keeps its addresses and gets a mark that routes it to this host. */
    record Tproxy(int port, int mark) implements Verdict {}

    record SetMark(int mark) implements Verdict {}

    /** The conntrack zone that the packet's connection is kept in; the first one set stays. */
    record Zone(int zone) implements Verdict {}
}
