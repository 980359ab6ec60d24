package dev.weft.proxy.server;

/** The user event that a listener fires through its connections' pipelines when they shall end. */
public enum DrainSignal {
    /** The proxy will end soon: tell the client to open no more here, but close nothing yet. */
    LEAVE,
    /** Close if idle, else behind the exchanges that are open. */
    DRAIN
}
