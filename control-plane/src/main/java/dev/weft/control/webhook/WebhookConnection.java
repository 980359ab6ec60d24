package dev.weft.control.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.common.collect.ImmutableMap;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.timeout.IdleStateEvent;
import java.util.concurrent.ExecutorService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One connection of the API server: one request at a time. Confined to its event loop, but for the handlers' work. */
final class WebhookConnection extends SimpleChannelInboundHandler<FullHttpRequest> {
    private static final Logger LOG = LoggerFactory.getLogger(WebhookConnection.class);

    private final ImmutableMap<String, AdmissionHandler> handlers;
    private final ExecutorService calls;
    private final InjectionMetrics metrics;
    private final WebhookClients clients;
    private boolean busy;

    WebhookConnection(
            ImmutableMap<String, AdmissionHandler> handlers,
            ExecutorService calls,
            InjectionMetrics metrics,
            WebhookClients clients) {
        this.handlers = handlers;
        this.calls = calls;
        this.metrics = metrics;
        this.clients = clients;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        busy = true;
        boolean keepAlive = HttpUtil.isKeepAlive(request);
        AdmissionHandler handler = handlers.get(path(request.uri()));
        if (handler == null) {
            answer(context, HttpResponseStatus.NOT_FOUND, "no such path\n".getBytes(UTF_8), keepAlive);
        } else if (!request.method().equals(HttpMethod.POST)) {
            answer(context, HttpResponseStatus.METHOD_NOT_ALLOWED, "only POST is served\n".getBytes(UTF_8), keepAlive);
        } else {
            byte[] body = ByteBufUtil.getBytes(request.content());
            // A second request must not overtake the answer to the first.
            context.channel().config().setAutoRead(false);
            calls.execute(() -> review(context, handler, body, keepAlive));
        }
    }

    private void review(ChannelHandlerContext context, AdmissionHandler handler, byte[] body, boolean keepAlive) {
        HttpResponseStatus status = HttpResponseStatus.OK;
        byte[] text;
        try {
            AdmissionRequest request = AdmissionReviews.read(body);
            text = AdmissionReviews.write(request, handler.handle(request));
        } catch (IllegalArgumentException e) {
            metrics.unreadable();
            status = HttpResponseStatus.BAD_REQUEST;
            text = (e.getMessage() + "\n").getBytes(UTF_8);
        } catch (RuntimeException e) {
            LOG.error("admission failed", e);
            status = HttpResponseStatus.INTERNAL_SERVER_ERROR;
            text = "internal error\n".getBytes(UTF_8);
        }
        answer(context, status, text, keepAlive);
    }

    /** From any thread. */
    private void answer(ChannelHandlerContext context, HttpResponseStatus status, byte[] body, boolean keepAlive) {
        FullHttpResponse response =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, Unpooled.wrappedBuffer(body));
        response.headers()
                .set(HttpHeaderNames.CONTENT_TYPE, status.code() == 200 ? "application/json" : "text/plain")
                .setInt(HttpHeaderNames.CONTENT_LENGTH, body.length);
        context.executor().execute(() -> {
            busy = false;
            // Asked here, where the call to end arrives too: it closes idle connections, and this one was not.
            if (keepAlive && !clients.leaving()) {
                context.writeAndFlush(response);
                context.channel().config().setAutoRead(true);
            } else {
                response.headers().set(HttpHeaderNames.CONNECTION, "close");
                context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
            }
        });
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (event instanceof IdleStateEvent) {
            context.close();
        } else if (event instanceof WebhookClients.Ending) {
            if (!busy) {
                context.close();
            }
        } else {
            super.userEventTriggered(context, event);
        }
    }

    /** Health checkers and scanners break off handshakes all the time; nobody need act. */
    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable failure) {
        LOG.debug("webhook connection failed peer={}", context.channel().remoteAddress(), failure);
        context.close();
    }

    private static String path(String uri) {
        int query = uri.indexOf('?');
        return query < 0 ? uri : uri.substring(0, query);
    }
}
