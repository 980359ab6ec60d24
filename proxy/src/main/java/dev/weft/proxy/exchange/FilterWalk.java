package dev.weft.proxy.exchange;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;

/**
 * One message's way through the filters: an array walk, with a place to wait for what a filter holds back.
 *
 * <p>Stands between a server connection and the router, once per direction; loop-confined, part of the exchange. With no
 * filter holding anything it allocates nothing. Held body bytes are owned by the walk.
 *
 * <p>Why this design: the head, each held buffer and the trailers form a queue, and each remembers how many filters saw
 * it. A part may be shown to filter {@code s} if the part before it was, and if filter {@code s - 1} does not hold the
 * message. A filter that holds and wants the body still sees each new buffer; its {@code CONTINUE} lets all go. That one
 * rule covers several filters that hold at once.
 *
 * <p>Flow control: bytes that a filter collects on purpose (it asked for the body and holds) are credited to the source at
 * once, or source and filter would wait for each other; they count against the chain's buffer limit instead, and are not
 * credited again when the sink wrote them.
 */
public abstract class FilterWalk {
    private static final HttpFilter[] NO_FILTERS = {};

    final Exchange exchange;
    private final int headPhase;
    private final int bodyPhase;
    private final int trailersPhase;

    private HttpFilter[] filters = NO_FILTERS;
    private boolean walksBody;
    private int bufferLimit;

    private int headSeen;
    private int trailersSeen;
    private long holds;
    private boolean headGiven;
    private boolean headIsAll;
    private boolean trailersGiven;
    private boolean ended;
    private boolean over;
    private boolean walking;
    private boolean again;

    private ByteBuf[] kept = new ByteBuf[4];
    private int[] keptSeen = new int[4];
    private int keptCount;
    private int keptBytes;
    private int prepaid;

    FilterWalk(Exchange exchange, int headPhase, int bodyPhase, int trailersPhase) {
        this.exchange = exchange;
        this.headPhase = headPhase;
        this.bodyPhase = bodyPhase;
        this.trailersPhase = trailersPhase;
    }

    abstract FilterAction showHead(HttpFilter filter, boolean end);

    abstract FilterAction showData(HttpFilter filter, ByteBuf data, boolean end);

    abstract FilterAction showTrailers(HttpFilter filter);

    abstract void deliverHead(boolean end);

    abstract void deliverData(ByteBuf data, boolean end);

    abstract void deliverTrailers();

    /** Gives credit to the source of the message. */
    abstract void credit(int bytes);

    /** Filters hold back more than the limit. */
    abstract void overflow();

    final void begin(FilterChain chain, HttpFilter[] order) {
        filters = order;
        walksBody = chain.has(bodyPhase);
        bufferLimit = chain.bufferLimit();
        restart();
    }

    /** Forgets the message, for the local reply that replaces it. */
    final void restart() {
        dropKept();
        headSeen = 0;
        trailersSeen = 0;
        holds = 0;
        headGiven = false;
        headIsAll = false;
        trailersGiven = false;
        ended = false;
        over = false;
        again = false;
        prepaid = 0;
    }

    /** Shows nothing to anybody any more and drops what is held. */
    final void stop() {
        over = true;
        dropKept();
    }

    /** Whether the sink got the head. */
    public final boolean isDelivered() {
        return headSeen > filters.length;
    }

    /** Whether the message's last part came in; it may still be held. */
    public final boolean isEnded() {
        return ended;
    }

    /** Whether the walk was stopped by an answer or a reset. */
    public final boolean isOver() {
        return over;
    }

    final void head(boolean end) {
        headGiven = true;
        headIsAll = end;
        ended = end;
        pump();
    }

    final void data(ByteBuf data, boolean end) {
        if (over) {
            int bytes = data.readableBytes();
            data.release();
            credit(bytes);
            return;
        }
        ended |= end;
        if (keptCount == 0 && holds == 0 && headSeen > filters.length && !walking) {
            if (!walksBody || passed(data, end)) {
                deliverData(data, end);
            }
            return;
        }
        keep(data, 0);
        pump();
    }

    final void trailers() {
        if (over) {
            return;
        }
        ended = true;
        trailersGiven = true;
        pump();
    }

    /** The sink wrote so many bytes of the body. */
    final void consumed(int bytes) {
        int paid = Math.min(prepaid, bytes);
        prepaid -= paid;
        if (bytes > paid) {
            credit(bytes - paid);
        }
    }

    /** Ends the hold of the filter at this position of the chain. */
    final void resume(int position) {
        int at = positionInOrder(position, filters.length);
        if ((holds & (1L << at)) != 0 && !over) {
            holds &= ~(1L << at);
            pump();
        }
    }

    /** Where a filter of the chain stands in the order of this direction. */
    abstract int positionInOrder(int position, int count);

    /** The fast way of a buffer: nothing is held. Returns whether it may be delivered. */
    private boolean passed(ByteBuf data, boolean end) {
        for (int i = 0; i < filters.length; i++) {
            if ((filters[i].phases() & bodyPhase) == 0) {
                continue;
            }
            FilterAction action = showData(filters[i], data, end);
            if (over) {
                data.release();
                return false;
            }
            if (action == FilterAction.STOP) {
                holds |= 1L << i;
                keep(data, i + 1);
                collected(data.readableBytes());
                return false;
            }
        }
        return true;
    }

    private void pump() {
        if (walking) {
            again = true;
            return;
        }
        walking = true;
        do {
            again = false;
            if (!over && headGiven) {
                pumpHead();
            }
            if (!over && keptCount > 0) {
                pumpData();
            }
            if (!over && trailersGiven) {
                pumpTrailers();
            }
        } while (again && !over);
        walking = false;
    }

    private void pumpHead() {
        int count = filters.length;
        while (headSeen <= count && !holds(headSeen - 1)) {
            int at = headSeen++;
            if (at == count) {
                deliverHead(headIsAll);
                return;
            }
            if ((filters[at].phases() & headPhase) != 0) {
                FilterAction action = showHead(filters[at], headIsAll);
                if (over) {
                    return;
                }
                if (action == FilterAction.STOP) {
                    holds |= 1L << at;
                }
            }
        }
    }

    private void pumpData() {
        int count = filters.length;
        int limit = headSeen;
        int k = 0;
        while (k < keptCount) {
            while (keptSeen[k] < Math.min(limit, count) && !holds(keptSeen[k] - 1)) {
                showKept(k);
                if (over) {
                    return;
                }
            }
            if (keptSeen[k] == count && limit > count && !holds(count - 1)) {
                // Only the first can be here: the limit of any other is the position of the one before it.
                ByteBuf data = kept[0];
                boolean end = keptCount == 1 && ended && !trailersGiven;
                removeFirst();
                deliverData(data, end);
                if (over) {
                    return;
                }
                limit = headSeen;
                continue;
            }
            limit = keptSeen[k];
            k++;
        }
    }

    private void showKept(int k) {
        int at = keptSeen[k]++;
        if ((filters[at].phases() & bodyPhase) == 0) {
            return;
        }
        ByteBuf data = kept[k];
        boolean end = k == keptCount - 1 && ended && !trailersGiven;
        FilterAction action = showData(filters[at], data, end);
        if (over) {
            return;
        }
        if (action == FilterAction.STOP) {
            holds |= 1L << at;
            collected(data.readableBytes());
        } else if (holds(at)) {
            holds &= ~(1L << at);
            again = true;
        }
    }

    private void pumpTrailers() {
        int count = filters.length;
        int limit = keptCount == 0 ? headSeen : keptSeen[keptCount - 1];
        while (trailersSeen <= count && trailersSeen < limit && !holds(trailersSeen - 1)) {
            int at = trailersSeen++;
            if (at == count) {
                deliverTrailers();
                return;
            }
            if ((filters[at].phases() & trailersPhase) != 0) {
                FilterAction action = showTrailers(filters[at]);
                if (over) {
                    return;
                }
                if (action == FilterAction.STOP) {
                    holds |= 1L << at;
                } else if (holds(at)) {
                    holds &= ~(1L << at);
                    again = true;
                }
            }
        }
    }

    private boolean holds(int position) {
        return position >= 0 && (holds & (1L << position)) != 0;
    }

    private void keep(ByteBuf data, int seen) {
        if (keptCount == kept.length) {
            kept = Arrays.copyOf(kept, keptCount * 2);
            keptSeen = Arrays.copyOf(keptSeen, keptCount * 2);
        }
        kept[keptCount] = data;
        keptSeen[keptCount] = seen;
        keptCount++;
        keptBytes += data.readableBytes();
    }

    private void collected(int bytes) {
        if (keptBytes > bufferLimit) {
            overflow();
            return;
        }
        prepaid += bytes;
        credit(bytes);
    }

    private void removeFirst() {
        keptBytes -= kept[0].readableBytes();
        keptCount--;
        System.arraycopy(kept, 1, kept, 0, keptCount);
        System.arraycopy(keptSeen, 1, keptSeen, 0, keptCount);
    }

    private void dropKept() {
        for (int i = 0; i < keptCount; i++) {
            kept[i].release();
        }
        keptCount = 0;
        keptBytes = 0;
    }
}
