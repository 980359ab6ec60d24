package dev.weft.proxy.agent.app;

import dev.weft.proxy.exchange.Loop;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 request to the application, on a connection of its own that is closed behind the response. The time limit holds for
 * all of it. Confined to its loop; the taker hears either an end or a failure, once.
 */
final class AppRequest {
    private static final int MAX_LINE = 8 * 1024;
    private static final int MAX_HEAD = 64 * 1024;
    private static final int CHUNK = 16 * 1024;

    private final Loop loop;
    private final Taker taker;
    private @Nullable Channel channel;
    private @Nullable Future<?> limit;
    private boolean over;

    /** Takes a response part by part. */
    interface Taker {
        void onHead(int status, String contentType);

        /** The buffer is the callee's. */
        void onData(ByteBuf data);

        void onEnd();

        void onFailed(String why);
    }

    private AppRequest(Loop loop, Taker taker) {
        this.loop = loop;
        this.taker = taker;
    }

    static AppRequest send(
            AppDialer dialer, Loop loop, AppProbe.Place place, Message message, Duration within, Taker taker) {
        AppRequest call = new AppRequest(loop, taker);
        call.limit = loop.eventLoop()
                .schedule(
                        () -> call.fail("no answer within " + within.toMillis() + " ms"),
                        within.toNanos(),
                        TimeUnit.NANOSECONDS);
        ChannelHandler handler = new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel made) {
                if (message.scheme() == AppProbe.Scheme.HTTPS) {
                    made.pipeline().addLast(dialer.tls().newHandler(made.alloc()));
                }
                made.pipeline()
                        .addLast(new HttpClientCodec(MAX_LINE, MAX_HEAD, CHUNK))
                        .addLast(call.new Reader());
            }
        };
        dialer.dial(loop, place, within, handler).addListener((Future<Channel> dialled) -> {
            if (!dialled.isSuccess()) {
                call.fail(String.valueOf(dialled.cause().getMessage()));
            } else if (call.over) {
                dialled.getNow().close();
            } else {
                call.channel = dialled.getNow();
                dialled.getNow().writeAndFlush(message.request());
            }
        });
        return call;
    }

    /** What is sent. */
    record Message(AppProbe.Scheme scheme, HttpRequest request) {}

    /** Whether more of the response is read. */
    void reading(boolean on) {
        Channel open = channel;
        if (open != null) {
            open.config().setAutoRead(on);
        }
    }

    /** Nobody waits any more. */
    void cancel() {
        end();
    }

    private void fail(String why) {
        if (end()) {
            taker.onFailed(why);
        }
    }

    /** Whether it was not over before. */
    private boolean end() {
        if (over) {
            return false;
        }
        over = true;
        Future<?> timer = limit;
        if (timer != null) {
            timer.cancel(false);
        }
        Channel open = channel;
        if (open != null) {
            open.close();
        }
        return true;
    }

    private final class Reader extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            if (over) {
                ReferenceCountUtil.release(message);
                return;
            }
            if (message instanceof HttpResponse response) {
                if (response.decoderResult().isFailure()) {
                    fail("the answer is no HTTP: "
                            + response.decoderResult().cause().getMessage());
                } else if (response.status().code() >= 200) {
                    String type = response.headers().get(HttpHeaderNames.CONTENT_TYPE);
                    taker.onHead(response.status().code(), type == null ? "" : type);
                }
            }
            if (message instanceof HttpContent content && !over) {
                if (content.decoderResult().isFailure()) {
                    fail("the body cannot be read");
                } else if (content.content().isReadable()) {
                    taker.onData(content.content().retain());
                }
                if (message instanceof LastHttpContent && end()) {
                    taker.onEnd();
                }
            }
            ReferenceCountUtil.release(message);
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            fail("the connection was closed");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            fail(String.valueOf(cause.getMessage()));
        }
    }
}
