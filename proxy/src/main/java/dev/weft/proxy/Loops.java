package dev.weft.proxy;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.Ticker;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.security.SecureRandom;
import java.util.SplittableRandom;

/** Makes what belongs to each loop of a group: as many as it has, in its order. */
final class Loops {
    private Loops() {}

    static ImmutableList<Loop> of(EventLoopGroup group) {
        ImmutableList.Builder<Loop> loops = ImmutableList.builder();
        SplittableRandom seeds = new SplittableRandom(new SecureRandom().nextLong());
        int index = 0;
        for (EventExecutor executor : group) {
            loops.add(
                    new Loop(index++, (EventLoop) executor, ByteBufAllocator.DEFAULT, Ticker.system(), seeds.split()));
        }
        return loops.build();
    }
}
