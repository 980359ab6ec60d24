package dev.weft.proxy.listener;

import com.google.common.collect.ImmutableList;
import dev.weft.model.tls.TlsContext;
import dev.weft.proxy.exchange.TlsFacts;
import dev.weft.proxy.identity.TlsFailures;
import dev.weft.proxy.identity.TlsHandler;
import dev.weft.proxy.identity.TlsHandler.Handshake;
import dev.weft.proxy.identity.TlsSource;
import dev.weft.proxy.identity.VersionedTls;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.time.Duration;

/**
 * Waits behind the TLS handler of an accepted connection until the handshake is done, checks the client's names, and hands the
 * connection on before the first decrypted byte comes. One per connection, on its loop.
 */
final class DownstreamTls extends ChannelInboundHandlerAdapter {
    static final Duration DEFAULT_HANDSHAKE_TIMEOUT = Duration.ofSeconds(10);

    private final TlsHandler handler;
    private final String serverName;
    private final dev.weft.model.tls.DownstreamTls config;
    private final Outcome outcome;

    /** What becomes of the handshake; one of the two, once. */
    interface Outcome {
        /** Add handlers at the pipeline's end; decrypted bytes follow. */
        void onTls(TlsFacts facts);

        /** The connection is being closed. */
        void onTlsFailed(String reason);
    }

    private DownstreamTls(
            TlsHandler handler, String serverName, dev.weft.model.tls.DownstreamTls config, Outcome outcome) {
        this.handler = handler;
        this.serverName = serverName;
        this.config = config;
        this.outcome = outcome;
    }

    /** Adds the handshake to the pipeline; false where the secrets have not arrived. */
    static boolean begin(
            ChannelPipeline pipeline,
            TlsSource source,
            String serverName,
            dev.weft.model.tls.DownstreamTls config,
            Duration timeout,
            Outcome outcome) {
        VersionedTls tls = source.acquire();
        if (tls == null) {
            return false;
        }
        try {
            TlsHandler handler = tls.newHandler(pipeline.channel().alloc(), "", timeout);
            pipeline.addLast("tls", handler);
            pipeline.addLast("handshake", new DownstreamTls(handler, serverName, config, outcome));
        } finally {
            tls.release();
        }
        return true;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        handler.handshakeFuture().addListener(done -> {
            if (!done.isSuccess()) {
                outcome.onTlsFailed(TlsFailures.reason(done.cause()));
                context.close();
            }
        });
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent completion)) {
            context.fireUserEventTriggered(event);
            return;
        }
        if (!completion.isSuccess()) {
            return;
        }
        Handshake handshake = handler.inspect(
                serverName,
                config.context().validation().map(TlsContext.Validation::sans).orElse(ImmutableList.of()),
                "");
        switch (handshake) {
            case Handshake.Accepted accepted -> {
                outcome.onTls(accepted.facts());
                if (!context.isRemoved()) {
                    context.pipeline().remove(this);
                }
            }
            case Handshake.Refused refused -> {
                outcome.onTlsFailed(refused.reason());
                context.close();
            }
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        // A failed handshake also comes as its future's failure, which is told; anything else ends the connection.
        context.close();
    }
}
