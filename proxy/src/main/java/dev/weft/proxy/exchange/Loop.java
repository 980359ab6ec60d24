package dev.weft.proxy.exchange;

import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.EventLoop;
import java.util.Arrays;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * One event loop and what belongs to it alone: buffers, recycled exchanges, timers, the time of the current batch, and
 * the connections that wait for a flush.
 *
 * <p>Made by {@code ProxyApp}, one per event loop; all methods but {@link #eventLoop} and {@link #index} are for that
 * loop's thread only.
 *
 * <p>A handler of a socket calls {@link #beginBatch} in {@code channelRead} and {@link #endBatch} in {@code
 * channelReadComplete} (and never leaves a batch open): the time is read once per batch, and all that was written to
 * whatever connection meanwhile is flushed at its end. Outside of a batch (timers, tasks, connects) a flush follows as
 * soon as the loop is back.
 */
public final class Loop {
    private static final int MOST_IDLE_EXCHANGES = 256;

    private final int index;
    private final EventLoop eventLoop;
    private final ByteBufAllocator allocator;
    private final Ticker ticker;
    private final RandomGenerator random;
    private final TimingWheel wheel;
    private final HttpDate date = new HttpDate();
    private final Runnable flushTask = this::endBatch;
    private final Runnable lateFlushTask = this::flushLate;
    private final Runnable timerTask = this::runTimers;

    private Flushable[] waiting = new Flushable[16];
    private int waitingCount;
    private Flushable[] late = new Flushable[16];
    private int lateCount;
    private boolean inBatch;
    private boolean flushScheduled;
    private long now;
    private long wakeAt = Long.MAX_VALUE;

    private final Map<Class<?>, Object> belongings = new IdentityHashMap<>();
    private Exchange[] idle = new Exchange[16];
    private int idleCount;
    private Exchange[] ended = new Exchange[16];
    private int endedCount;

    /** Binds the loop's belongings; {@code random} must not be shared with another loop. */
    public Loop(int index, EventLoop eventLoop, ByteBufAllocator allocator, Ticker ticker, RandomGenerator random) {
        this.index = index;
        this.eventLoop = eventLoop;
        this.allocator = allocator;
        this.ticker = ticker;
        this.random = random;
        this.wheel = new TimingWheel(ticker.nanos());
    }

    /** 0, 1, 2 … within this process, for arrays that hold something per loop. */
    public int index() {
        return index;
    }

    public EventLoop eventLoop() {
        return eventLoop;
    }

    public ByteBufAllocator allocator() {
        return allocator;
    }

    public RandomGenerator random() {
        return random;
    }

    /**
     * Something that another package keeps once per loop (recycled objects, scratch arrays), made at the first question. Ask
     * once per connection, not per request.
     */
    public <T> T belonging(Class<T> type, Supplier<T> maker) {
        return type.cast(belongings.computeIfAbsent(type, missing -> maker.get()));
    }

    // ---- time ------------------------------------------------------------------------------------------------------

    /** The time in {@link Ticker#nanos}, read once per batch. */
    public long now() {
        return inBatch ? now : ticker.nanos();
    }

    /** Milliseconds since 1970. */
    public long epochMillis() {
        return ticker.epochMillis();
    }

    /** The value of a {@code date} field; read only, good for one second. */
    public byte[] date() {
        return date.at(ticker.epochMillis());
    }

    /** Arms a timer, anew if it was armed; it fires up to 8 ms late. */
    public void schedule(Timer timer, long delayNanos) {
        wheel.add(timer, now() + Math.max(0, delayNanos));
        sleepUntilNext();
    }

    /** Disarms a timer. */
    public void cancel(Timer timer) {
        wheel.cancel(timer);
    }

    // ---- batches and flushes ---------------------------------------------------------------------------------------

    /** A socket handed over what it read; may be called several times before {@link #endBatch}. */
    public void beginBatch() {
        if (!inBatch) {
            inBatch = true;
            now = ticker.nanos();
        }
    }

    /** All that was read is dealt with: flush. */
    public void endBatch() {
        flushScheduled = false;
        // A flush may fail, close a connection and so cause writes on others.
        while (waitingCount > 0) {
            Flushable next = waiting[--waitingCount];
            next.listed = false;
            next.flushNow();
        }
        clearEnded();
        inBatch = false;
    }

    /** The connection wrote: flush it when what is being read now is dealt with. */
    public void flushAtBatchEnd(Flushable connection) {
        if (connection.listed) {
            return;
        }
        connection.listed = true;
        if (waitingCount == waiting.length) {
            waiting = Arrays.copyOf(waiting, waitingCount * 2);
        }
        waiting[waitingCount++] = connection;
        if (!inBatch && !flushScheduled) {
            flushScheduled = true;
            eventLoop.execute(flushTask);
        }
    }

    /**
     * The connection wrote: flush it when all sockets that are readable now were read. For connections shared by many
     * exchanges (HTTP/2): one system call for what many clients sent.
     */
    public void flushAtLoopEnd(Flushable connection) {
        if (connection.listed) {
            return;
        }
        connection.listed = true;
        if (lateCount == late.length) {
            late = Arrays.copyOf(late, lateCount * 2);
        }
        late[lateCount++] = connection;
        if (lateCount == 1) {
            eventLoop.execute(lateFlushTask);
        }
    }

    // ---- exchanges -------------------------------------------------------------------------------------------------

    /** A cleared exchange, the one that was used last: its arrays are in the cache. */
    public Exchange exchange() {
        return idleCount == 0 ? new Exchange(this) : idle[--idleCount];
    }

    /**
     * Takes an exchange back that is complete, or that never began. It is cleared and given out again after the batch: its
     * own filter walk may be what led here.
     */
    public void recycle(Exchange exchange) {
        if (endedCount == ended.length) {
            ended = Arrays.copyOf(ended, endedCount * 2);
        }
        ended[endedCount++] = exchange;
    }

    private void clearEnded() {
        while (endedCount > 0) {
            Exchange exchange = ended[--endedCount];
            exchange.clear();
            if (idleCount == MOST_IDLE_EXCHANGES) {
                continue;
            }
            if (idleCount == idle.length) {
                idle = Arrays.copyOf(idle, idleCount * 2);
            }
            idle[idleCount++] = exchange;
        }
    }

    private void flushLate() {
        beginBatch();
        while (lateCount > 0) {
            Flushable next = late[--lateCount];
            next.listed = false;
            next.flushNow();
        }
        endBatch();
    }

    private void runTimers() {
        wakeAt = Long.MAX_VALUE;
        beginBatch();
        wheel.advance(now);
        endBatch();
        sleepUntilNext();
    }

    private void sleepUntilNext() {
        long next = wheel.nextNanos();
        // An earlier wake-up that is under way does the rest; a needless one finds nothing to do.
        if (next < wakeAt) {
            wakeAt = next;
            eventLoop.schedule(timerTask, Math.max(0, next - ticker.nanos()), TimeUnit.NANOSECONDS);
        }
    }
}
