package dev.weft.control.webhook;

import io.netty.channel.Channel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** The connections of a {@link WebhookServer}, and whether they are to end. Thread safe. */
final class WebhookClients {
    /** Told to each connection: end as soon as nobody waits for an answer. */
    enum Ending {
        NOW
    }

    private final int most;
    private final AtomicInteger open = new AtomicInteger();
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private volatile boolean leaving;

    /** @param most connections at a time */
    WebhookClients(int most) {
        this.most = most;
    }

    /** Whether there is room for this one. */
    boolean admit(Channel connection) {
        connection.closeFuture().addListener(closed -> open.decrementAndGet());
        return open.incrementAndGet() <= most && channels.add(connection);
    }

    boolean leaving() {
        return leaving;
    }

    void leave() {
        leaving = true;
    }

    /** Returns when all are gone, or after this time. */
    void end(int seconds) {
        leave();
        channels.forEach(connection -> connection.pipeline().fireUserEventTriggered(Ending.NOW));
        channels.newCloseFuture().awaitUninterruptibly(seconds, TimeUnit.SECONDS);
    }
}
