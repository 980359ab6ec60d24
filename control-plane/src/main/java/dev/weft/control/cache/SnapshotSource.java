package dev.weft.control.cache;

import dev.weft.control.registry.ClientNode;

/** Gives what one client is to have now. May translate and encode first, so it takes a while; safe for many threads. */
public interface SnapshotSource {

    ResourceSnapshot snapshot(ClientNode node);

    /** The client is gone. */
    void release(ClientNode node);
}
