package dev.weft.proxy.codec.http2;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Tells when everything written to a channel so far has reached its socket.
 *
 * <p>An empty channel buffer behind a flush says so for nothing; that is the common case. Otherwise an empty write with a
 * promise is queued behind the rest: {@code channelWritabilityChanged} alone would not do, because what lies between
 * nothing and the high watermark drains without any event.
 */
final class WriteProbe {
    private WriteProbe() {}

    /** Who waits for the answer. */
    interface Answer {
        /** All that was written before is out, or the channel failed. */
        void onWritten(boolean success);
    }

    static boolean isDrained(Channel channel) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null || buffer.isEmpty();
    }

    static void send(ChannelHandlerContext ctx, Answer answer) {
        ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(future -> answer.onWritten(future.isSuccess()));
    }
}
