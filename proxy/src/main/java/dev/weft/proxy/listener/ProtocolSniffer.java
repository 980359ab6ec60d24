package dev.weft.proxy.listener;

import com.google.common.collect.ImmutableList;
import dev.weft.model.listener.Listener.Inspection;
import dev.weft.model.listener.ListenerFilter;
import dev.weft.model.match.PortRange;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Timer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.time.Duration;

/**
 * Looks at the first bytes of a connection until it knows what they are, keeps them, and gives them to the handlers that were
 * chosen. One per connection, on its loop; owns the bytes that it keeps.
 *
 * <p>A port whose server speaks first must not come here: its client would wait for the server and this for the client.
 */
final class ProtocolSniffer extends ChannelInboundHandlerAdapter {
    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(15);

    private final Look look;
    private final Inspection inspection;
    private final Loop loop;
    private final Outcome outcome;
    private final HttpPreface http = new HttpPreface();
    private final Deadline deadline = new Deadline();
    private ByteBuf kept = Unpooled.EMPTY_BUFFER;
    private boolean plaintext;
    private boolean inputEnded;
    private boolean decided;
    private ChannelHandlerContext context;

    /** What is asked for on this port. */
    enum Look {
        NOTHING,
        TLS,
        HTTP,
        TLS_THEN_HTTP;

        static Look on(Inspection inspection, int port) {
            boolean tls = false;
            boolean http = false;
            for (ListenerFilter filter : inspection.filters()) {
                switch (filter) {
                    case ListenerFilter.OriginalDestination ignored -> {}
                    case ListenerFilter.OriginalSource ignored -> {}
                    case ListenerFilter.TlsInspector inspector -> tls |= !contains(inspector.disabledPorts(), port);
                    case ListenerFilter.HttpInspector inspector -> http |= !contains(inspector.disabledPorts(), port);
                }
            }
            if (tls) {
                return http ? TLS_THEN_HTTP : TLS;
            }
            return http ? HTTP : NOTHING;
        }

        private static boolean contains(ImmutableList<PortRange> ranges, int port) {
            for (PortRange range : ranges) {
                if (range.contains(port)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** What the sniffer reports, once. */
    interface Outcome {
        /** Add handlers behind the sniffer; the bytes follow. Close the channel instead where there is nobody for them. */
        void onSniffed(Sniffed sniffed);

        /** Behind the bytes comes nothing more, and the handlers do not tell half-closed connections from others. */
        void onInputEnded();

        /** The client took too long, or sent what nobody may read. The channel is closed behind this. */
        void onGivenUp();
    }

    ProtocolSniffer(Look look, Inspection inspection, Loop loop, Outcome outcome, ChannelHandlerContext context) {
        this.look = look;
        this.inspection = inspection;
        this.loop = loop;
        this.outcome = outcome;
        this.plaintext = look == Look.HTTP;
        this.context = context;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext added) {
        context = added;
        Duration timeout = inspection.timeout().orElse(DEFAULT_TIMEOUT);
        if (!timeout.isZero()) {
            loop.schedule(deadline, timeout.toNanos());
        }
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext removed) {
        loop.cancel(deadline);
        kept.release();
        kept = Unpooled.EMPTY_BUFFER;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (decided) {
            ctx.fireChannelRead(message);
            return;
        }
        kept = ByteToMessageDecoder.MERGE_CUMULATOR.cumulate(ctx.alloc(), kept, (ByteBuf) message);
        look();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        if (decided) {
            ctx.fireChannelReadComplete();
        } else {
            ctx.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!decided && event instanceof ChannelInputShutdownEvent) {
            inputEnded = true;
            if (kept.isReadable()) {
                decide(Sniffed.NOTHING);
            } else {
                ctx.close();
            }
            return;
        }
        ctx.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        ctx.close();
    }

    private void look() {
        if (!plaintext) {
            switch (ClientHello.parse(kept)) {
                case ClientHello.Result.NeedMore ignored -> {
                    return;
                }
                case ClientHello.Result.NotTls ignored -> plaintext = true;
                case ClientHello.Result.TooLarge ignored -> {
                    giveUp();
                    return;
                }
                case ClientHello.Result.Found found -> {
                    decide(new Sniffed(Sniffed.TLS, found.serverName(), found.alpn()));
                    return;
                }
            }
        }
        if (look == Look.TLS) {
            decide(Sniffed.NOTHING);
            return;
        }
        switch (http.feed(kept)) {
            case NEED_MORE -> {}
            case HTTP_10 -> decide(Sniffed.http("http/1.0"));
            case HTTP_11 -> decide(Sniffed.http("http/1.1"));
            case H2C -> decide(Sniffed.http("h2c"));
            case NOT_HTTP -> decide(Sniffed.NOTHING);
        }
    }

    private void giveUp() {
        decided = true;
        loop.cancel(deadline);
        outcome.onGivenUp();
        context.close();
    }

    private void decide(Sniffed sniffed) {
        decided = true;
        loop.cancel(deadline);
        outcome.onSniffed(sniffed);
        ChannelHandlerContext here = context;
        if (!here.channel().isOpen()) {
            return;
        }
        ByteBuf bytes = kept;
        kept = Unpooled.EMPTY_BUFFER;
        if (bytes.isReadable()) {
            here.fireChannelRead(bytes);
        } else {
            bytes.release();
        }
        here.fireChannelReadComplete();
        if (inputEnded) {
            if (Boolean.TRUE.equals(here.channel().config().getOption(ChannelOption.ALLOW_HALF_CLOSURE))) {
                here.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
            } else {
                outcome.onInputEnded();
            }
        }
        if (!here.isRemoved()) {
            here.pipeline().remove(this);
        }
    }

    private final class Deadline extends Timer {
        @Override
        protected void onTimer() {
            if (decided) {
                return;
            }
            if (inspection.continueOnTimeout()) {
                decide(Sniffed.NOTHING);
            } else {
                giveUp();
            }
        }
    }
}
