package dev.weft.proxy.server;

/** The user event that a listener fires through its connections' pipelines when they shall end. */
public enum DrainSignal {
    /** Close if idle, else behind the exchanges that are open. */
    DRAIN
}
