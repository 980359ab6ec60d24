package dev.weft.proxy.exchange;

import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;

/**
 * Learns when body bytes written to a channel reached its socket, without a promise per write.
 *
 * <p>One per HTTP/1 or TCP connection; loop-confined. After a flush an empty channel buffer means that all is out: the
 * common case, which costs one comparison. Otherwise one empty write with a promise is queued behind what is there.
 * Waiting for {@code channelWritabilityChanged} alone would not do: bytes between nothing and the high watermark drain
 * without any event, and a source with a small window would stall for ever.
 */
public abstract class WriteCredit implements ChannelFutureListener {
    private long written;
    private long credited;
    private long probed;
    private boolean probing;

    /** So many bytes reached the socket. */
    protected abstract void onWritten(int bytes);

    /** Body bytes were handed to the channel. */
    public final void add(int bytes) {
        written += bytes;
    }

    /** Body bytes that have not reached the socket. */
    public final long pending() {
        return written - credited;
    }

    /** Ask after each flush. */
    public final void afterFlush(ChannelHandlerContext ctx) {
        if (written == credited) {
            return;
        }
        if (isDrained(ctx.channel())) {
            creditUpTo(written);
        } else if (!probing) {
            probing = true;
            probed = written;
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(this);
        }
    }

    /** Forgets what is pending: its exchange is over, nobody waits for the credit. */
    public final void forget() {
        credited = written;
    }

    @Override
    public final void operationComplete(ChannelFuture future) {
        probing = false;
        if (!future.isSuccess()) {
            return;
        }
        creditUpTo(Math.max(credited, probed));
        ChannelHandlerContext ctx = future.channel().pipeline().lastContext();
        if (ctx != null && written != credited) {
            afterFlush(ctx);
        }
    }

    private void creditUpTo(long position) {
        long fresh = position - credited;
        credited = position;
        while (fresh > 0) {
            int step = (int) Math.min(fresh, Integer.MAX_VALUE);
            fresh -= step;
            onWritten(step);
        }
    }

    private static boolean isDrained(Channel channel) {
        ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
        return buffer == null || buffer.isEmpty();
    }
}
