package dev.weft.proxy.admin;

/** What an operator may order over the admin address; done by the program's wiring. Called on the admin thread; must not block it. */
public interface AdminCommands {
    /** Takes no more connections on these listeners, and lets those that are open finish where asked to. */
    void drainListeners(Scope scope, Manner manner);

    /** Ends the process as SIGTERM does. */
    void quit();

    /** Which listeners. */
    enum Scope {
        ALL,
        INBOUND
    }

    /** How. */
    enum Manner {
        /** Sockets are closed at once; connections go on. */
        AT_ONCE,
        /** Connections are told to end, and are closed when the drain time is up. */
        GRACEFUL
    }
}
