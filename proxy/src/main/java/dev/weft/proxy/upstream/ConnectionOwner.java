package dev.weft.proxy.upstream;

/** Who keeps upstream connections: told by the connection, on its loop. */
public interface ConnectionOwner {
    /** The capacity changed: a stream ended, the peer changed its limit, or the connection drains. */
    void onCapacity(UpstreamConnection connection);

    /** The connection is gone; its streams were told before. Called once. */
    void onClosed(UpstreamConnection connection);
}
