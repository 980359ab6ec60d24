package dev.weft.proxy.upstream;

/**
 * Makes a client of one protocol out of an established channel (handshake done): adds its handler behind the TLS handler
 * and returns the connection. Called on the channel's loop.
 */
@FunctionalInterface
public interface ClientProtocol {
    /** Takes the channel over. */
    UpstreamConnection attach(Established channel, ConnectionOwner owner);
}
