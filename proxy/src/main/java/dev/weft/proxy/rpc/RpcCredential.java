package dev.weft.proxy.rpc;

import java.io.IOException;

/** What each call of a channel shows of its caller. Asked on the thread that starts the call. */
@FunctionalInterface
public interface RpcCredential {
    /** Calls without a credential. */
    RpcCredential NONE = () -> "";

    /**
     * The value of the {@code authorization} field; empty for none.
     *
     * @throws IOException when it cannot be had: the call then ends as {@code UNAUTHENTICATED}
     */
    String authorization() throws IOException;
}
