package dev.weft.proxy.server;

import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.RequestSink;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * An upstream in the proxy itself. {@code /echo...} sends the body back as it comes, trailers too; {@code /bytes/N} sends N
 * bytes as far as it has credit, 64 KiB ahead; anything else gets a short text once the request is complete.
 */
final class EchoUpstream implements RequestSink {
    private static final byte[] TEXT = "hello from the upstream".getBytes(StandardCharsets.ISO_8859_1);
    private static final int AHEAD = 64 * 1024;

    private final Exchange exchange;
    private final boolean echo;
    private final long generation;
    private long left;
    private int unconsumed;
    private boolean sending;

    private EchoUpstream(Exchange exchange) {
        this.exchange = exchange;
        this.generation = exchange.generation();
        this.echo = exchange.request().path().startsWith("/echo")
                || exchange.request().wantsTunnel();
        String path = exchange.request().path();
        this.left = path.startsWith("/bytes/") ? Long.parseLong(path.substring(7)) : 0;
    }

    static RequestSink start(Exchange exchange, boolean end) {
        EchoUpstream upstream = new EchoUpstream(exchange);
        if (end) {
            upstream.answer();
        } else if (upstream.echo) {
            upstream.head(false);
        }
        return upstream;
    }

    private void head(boolean end) {
        exchange.response().clear();
        exchange.response().status(exchange.request().upgrade() != null ? 101 : 200);
        Headers headers = exchange.response().headers();
        headers.add(HeaderName.CONTENT_TYPE, "text/plain");
        headers.add(HeaderName.SERVER, "echo");
        exchange.toClient().onResponseHead(end);
    }

    private void answer() {
        if (echo) {
            head(true);
            return;
        }
        if (left > 0) {
            head(false);
            send();
            return;
        }
        exchange.response().clear();
        exchange.response().status(200);
        exchange.response().headers().add(HeaderName.CONTENT_LENGTH, TEXT.length);
        exchange.response().headers().add(HeaderName.CONTENT_TYPE, "text/plain");
        exchange.toClient().onResponseHead(false);
        ByteBuf body = exchange.loop().allocator().ioBuffer(TEXT.length).writeBytes(TEXT);
        exchange.toClient().onResponseData(body, true);
    }

    private void send() {
        if (sending) {
            return;
        }
        sending = true;
        while (left > 0 && unconsumed < AHEAD && exchange.isCurrent(generation)) {
            int size = (int) Math.min(left, 16 * 1024);
            left -= size;
            unconsumed += size;
            ByteBuf body = exchange.loop().allocator().ioBuffer(size).writeZero(size);
            exchange.toClient().onResponseData(body, left == 0);
        }
        sending = false;
    }

    @Override
    public void onRequestData(ByteBuf data, boolean end) {
        int bytes = data.readableBytes();
        if (echo) {
            exchange.toClient().onResponseData(data, end);
            return;
        }
        data.release();
        if (bytes > 0) {
            exchange.toClient().onRequestConsumed(bytes);
        }
        if (end) {
            answer();
        }
    }

    @Override
    public void onRequestTrailers() {
        if (echo) {
            exchange.responseTrailers().addAll(exchange.requestTrailers());
            exchange.toClient().onResponseTrailers();
        } else {
            answer();
        }
    }

    @Override
    public void onResponseConsumed(int bytes) {
        if (echo) {
            exchange.toClient().onRequestConsumed(bytes);
        } else {
            unconsumed -= bytes;
            send();
        }
    }

    @Override
    public void onRequestReset(FailureReason reason) {
        left = 0;
    }
}
