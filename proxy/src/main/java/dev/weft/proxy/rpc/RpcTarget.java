package dev.weft.proxy.rpc;

import dev.weft.proxy.upstream.SourceAddress;
import dev.weft.proxy.upstream.UpstreamTransport;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Whom a channel's calls are for.
 *
 * @param authority the {@code :authority} of calls
 * @param transport in the clear, or TLS that offers {@code h2} and checks the server's names
 * @param source where connections come from; null leaves it to the system
 * @param connectTimeout for each address, handshake included
 */
public record RpcTarget(
        AddressSource addresses,
        String authority,
        UpstreamTransport transport,
        @Nullable SourceAddress source,
        Duration connectTimeout) {}
