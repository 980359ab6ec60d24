package dev.weft.proxy.codec.http1;

import dev.weft.proxy.exchange.Flushable;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.WriteCredit;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import org.jspecify.annotations.Nullable;

/**
 * What a connection writes, gathered until the loop's batch ends.
 *
 * <p>One per connection; loop-confined. Heads and small bodies go into one buffer, so that a usual message is one write
 * and one system call; large body buffers are passed on as they are. Promises are not used: what was written is learnt
 * from {@link WriteCredit}.
 */
public final class Http1Output extends Flushable {
    private static final int BUFFER = 4096;
    /** Copying so much costs less than one more element of a gathering write. */
    private static final int COPIED = 2048;

    private final Loop loop;
    private final ChannelHandlerContext ctx;
    private final WriteCredit credit;
    private @Nullable ByteBuf open;
    private boolean closing;

    /** The output of a handler's channel. */
    public Http1Output(Loop loop, ChannelHandlerContext ctx, WriteCredit credit) {
        this.loop = loop;
        this.ctx = ctx;
        this.credit = credit;
    }

    /** A buffer to write at most {@code bytes} to, now. */
    public ByteBuf buffer(int bytes) {
        ByteBuf current = open;
        if (current != null) {
            if (current.writableBytes() >= bytes) {
                return current;
            }
            passOn(current);
        }
        ByteBuf fresh = loop.allocator().ioBuffer(Math.max(bytes, BUFFER));
        open = fresh;
        loop.flushAtBatchEnd(this);
        return fresh;
    }

    /** Body bytes; the buffer is taken over. */
    public void body(ByteBuf data) {
        int bytes = data.readableBytes();
        if (bytes == 0) {
            data.release();
            return;
        }
        credit.add(bytes);
        if (bytes <= COPIED) {
            buffer(bytes).writeBytes(data, data.readerIndex(), bytes);
            data.release();
            return;
        }
        ByteBuf current = open;
        if (current != null) {
            passOn(current);
        }
        ctx.write(data, ctx.voidPromise());
        loop.flushAtBatchEnd(this);
    }

    /** Closes the channel when all is written. */
    public void closeAfterFlush() {
        closing = true;
        loop.flushAtBatchEnd(this);
    }

    /** Drops what was not flushed: the channel is gone. */
    public void discard() {
        ByteBuf current = open;
        if (current != null) {
            open = null;
            current.release();
        }
    }

    @Override
    protected void flushNow() {
        ByteBuf current = open;
        if (current != null) {
            passOn(current);
        }
        if (closing) {
            ctx.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        ctx.flush();
        credit.afterFlush(ctx);
    }

    private void passOn(ByteBuf filled) {
        open = null;
        ctx.write(filled, ctx.voidPromise());
    }
}
