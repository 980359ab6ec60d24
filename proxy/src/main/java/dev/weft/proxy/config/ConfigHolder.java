package dev.weft.proxy.config;

import dev.weft.model.ProxyConfig;
import dev.weft.model.listener.Listener;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;

/**
 * Holds the current {@link ProxySnapshot}. Written by the control thread, read by every loop with one volatile read.
 *
 * <p>Followers (listeners, running chains, clusters) are told on the publishing thread, in the order in which they asked, before
 * the snapshot is current: what looks something up in the new snapshot finds it prepared.
 */
public final class ConfigHolder {
    private final List<BiConsumer<ProxySnapshot, ProxySnapshot>> followers = new CopyOnWriteArrayList<>();
    private volatile Leaving leaving = Leaving.NOTHING;
    private volatile ProxySnapshot current = ProxySnapshot.EMPTY;

    public ProxySnapshot current() {
        return current;
    }

    /**
     * Compiles and publishes a configuration; control thread only.
     *
     * @throws IllegalArgumentException when it contradicts itself; the current one then stays
     */
    public ProxySnapshot publish(ProxyConfig config) {
        ProxySnapshot before = current;
        ProxySnapshot next = before.next(config);
        for (BiConsumer<ProxySnapshot, ProxySnapshot> follower : followers) {
            follower.accept(before, next);
        }
        current = next;
        return next;
    }

    /** From now on connections of these listeners are told to go when they ask for something; cannot be taken back. */
    public void leave(Leaving scope) {
        leaving = scope;
    }

    /** Whether the listeners of a direction are left. */
    public boolean isLeaving(Listener.Direction direction) {
        return switch (leaving) {
            case NOTHING -> false;
            case INBOUND -> direction == Listener.Direction.INBOUND;
            case ALL -> true;
        };
    }

    /** What a proxy that is about to end leaves. */
    public enum Leaving {
        NOTHING,
        INBOUND,
        ALL
    }

    /** Tells {@code follower} the snapshot before and the new one from now on. */
    public void follow(BiConsumer<ProxySnapshot, ProxySnapshot> follower) {
        followers.add(follower);
    }
}
