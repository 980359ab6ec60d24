package dev.weft.proxy.upstream;

import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.TlsFacts;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * A channel that is connected and, if asked for, encrypted.
 *
 * @param id the connection's number for logs
 * @param local our end's address as text
 */
public record Established(
        Channel channel,
        Loop loop,
        long id,
        String local,
        @Nullable TlsFacts tls,
        PoolOptions options) {}
