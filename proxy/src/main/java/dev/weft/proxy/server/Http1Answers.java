package dev.weft.proxy.server;

import dev.weft.proxy.codec.http1.BodyKind;
import dev.weft.proxy.codec.http1.ResponseWriter;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HttpMethod;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.exchange.ResponseSink;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;

/**
 * Writes the answers of one HTTP/1 connection: the end of every exchange's way back through the filters.
 *
 * <p>Loop-confined, part of one {@link Http1Server}, which decides what becomes of the connection; what comes when no exchange is open
 * any more is dropped.
 */
final class Http1Answers implements ResponseSink {
    private final Http1Server server;
    private final Channel channel;
    private final ResponseWriter writer;
    private final Http1Watch watch;
    private final ServerOptions options;
    private final Http1Input input;

    Http1Answers(
            Http1Server server,
            Channel channel,
            ResponseWriter writer,
            Http1Watch watch,
            ServerOptions options,
            Http1Input input) {
        this.server = server;
        this.channel = channel;
        this.writer = writer;
        this.watch = watch;
        this.options = options;
        this.input = input;
    }

    @Override
    public void onInformational() {
        Exchange current = server.exchange();
        if (current != null && current.request().protocol() == HttpProtocol.HTTP_1_1) {
            writer.informational(current.response());
        }
    }

    @Override
    public void onResponseHead(boolean end) {
        Exchange current = server.exchange();
        if (current == null) {
            return;
        }
        watch.progressed();
        current.timings().responseStart = current.loop().now();
        boolean opensTunnel = !end && server.wantsTunnel() && isOpening(current);
        ResponseWriter.Connection wanted =
                server.closesBehind(current) ? ResponseWriter.Connection.CLOSE : ResponseWriter.Connection.KEEP;
        server.answerBegan(writer.head(current.request(), current.response(), end, wanted), opensTunnel);
        if (end) {
            server.answered(current);
        }
    }

    private static boolean isOpening(Exchange current) {
        int status = current.response().status();
        boolean connect = current.request().method() == HttpMethod.CONNECT;
        return status == 101 || (connect && status >= 200 && status < 300);
    }

    @Override
    public void onResponseData(ByteBuf data, boolean end) {
        Exchange current = server.exchange();
        if (current == null) {
            data.release();
            return;
        }
        watch.progressed();
        writer.data(data, end);
        if (end || writer.isBroken()) {
            server.answered(current);
        }
    }

    @Override
    public void onResponseTrailers() {
        Exchange current = server.exchange();
        if (current != null) {
            if (options.http1().trailers() == ServerOptions.Trailers.PASS_ON) {
                writer.trailers(current.responseTrailers());
            } else {
                writer.data(Unpooled.EMPTY_BUFFER, true);
            }
            server.answered(current);
        }
    }

    @Override
    public void onResponseReset(FailureReason reason) {
        Exchange current = server.exchange();
        if (current == null) {
            return;
        }
        if (writer.body() == BodyKind.UNTIL_CLOSE) {
            // The end of the connection would look like the end of the body: reset it instead.
            channel.config().setOption(ChannelOption.SO_LINGER, 0);
        }
        server.answerFailed(current);
    }

    @Override
    public void onRequestConsumed(int bytes) {
        input.consumed(bytes);
    }
}
