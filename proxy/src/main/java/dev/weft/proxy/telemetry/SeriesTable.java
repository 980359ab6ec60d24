package dev.weft.proxy.telemetry;

import dev.weft.proxy.exchange.Exchange;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The series of one loop, found by what an exchange is labelled with: an open-addressing table that the loop reads and writes, and a
 * queue that others may walk. Finding a series that is there makes no object.
 *
 * <p>Peers name themselves in headers, so what there can be of them is bounded here: behind the limit they all count as unknown.
 */
final class SeriesTable<S> {
    private static final int FIRST_SLOTS = 64;
    private static final int MOST = 4096;

    private final RequestKey probe = new RequestKey();
    private final ConcurrentLinkedQueue<S> all = new ConcurrentLinkedQueue<>();
    private final Function<RequestKey, S> maker;
    private @Nullable Slot<S>[] slots = newSlots(FIRST_SLOTS);
    private int size;

    /** @param maker makes the series of a key that was not seen before */
    SeriesTable(Function<RequestKey, S> maker) {
        this.maker = maker;
    }

    /** The series of an exchange. Called on the loop. */
    S find(Exchange exchange) {
        probe.fill(exchange);
        Slot<S> slot = find();
        if (slot == null && size >= MOST) {
            probe.forgetPeer();
            slot = find();
        }
        return slot == null ? add(probe.copy()) : slot.series;
    }

    /** Shows every series. Any thread. */
    void forEach(Consumer<S> visitor) {
        all.forEach(visitor);
    }

    private @Nullable Slot<S> find() {
        int hash = probe.mix();
        int mask = slots.length - 1;
        int at = hash & mask;
        Slot<S> slot = slots[at];
        while (slot != null && !(slot.hash == hash && slot.key.same(probe))) {
            at = (at + 1) & mask;
            slot = slots[at];
        }
        return slot;
    }

    private S add(RequestKey key) {
        if (++size * 2 > slots.length) {
            @Nullable Slot<S>[] old = slots;
            slots = newSlots(old.length * 2);
            for (@Nullable Slot<S> slot : old) {
                if (slot != null) {
                    place(slot);
                }
            }
        }
        S series = maker.apply(key);
        place(new Slot<>(key, key.mix(), series));
        all.add(series);
        return series;
    }

    private void place(Slot<S> slot) {
        int mask = slots.length - 1;
        int at = slot.hash & mask;
        while (slots[at] != null) {
            at = (at + 1) & mask;
        }
        slots[at] = slot;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // there are no arrays of a generic type
    private static <S> @Nullable Slot<S>[] newSlots(int count) {
        return new Slot[count];
    }

    private record Slot<S>(RequestKey key, int hash, S series) {}
}
