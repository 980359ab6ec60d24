package dev.weft.proxy.balance;

/**
 * Earliest-deadline-first schedule over a fixed number of entries: an entry of weight w comes back after 1/w. Confined to one
 * loop. A binary heap in arrays: a pick replaces the top and sinks it, so nothing is allocated.
 *
 * <p>Time is the deadline of the entry taken last; equal deadlines leave in the order they were put in, which makes equal weights
 * a plain rotation.
 */
final class EarliestDeadline {
    private final double[] deadlines;
    private final long[] orders;
    private final int[] entries;
    private int size;
    private double now;
    private long nextOrder;

    EarliestDeadline(int capacity) {
        this.deadlines = new double[capacity];
        this.orders = new long[capacity];
        this.entries = new int[capacity];
    }

    boolean isEmpty() {
        return size == 0;
    }

    void add(int entry, double weight) {
        int at = size++;
        double deadline = now + 1 / weight;
        long order = nextOrder++;
        while (at > 0) {
            int parent = (at - 1) >>> 1;
            if (!before(deadline, order, parent)) {
                break;
            }
            move(parent, at);
            at = parent;
        }
        put(at, deadline, order, entry);
    }

    /** The entry whose turn it is. Must be followed by {@link #rescheduleFirst}. */
    int first() {
        return entries[0];
    }

    /** Puts the first entry back with the weight it has now. */
    void rescheduleFirst(double weight) {
        now = deadlines[0];
        int entry = entries[0];
        double deadline = now + 1 / weight;
        long order = nextOrder++;
        int at = 0;
        int half = size >>> 1;
        while (at < half) {
            int child = 2 * at + 1;
            int right = child + 1;
            if (right < size && before(deadlines[right], orders[right], child)) {
                child = right;
            }
            if (before(deadline, order, child)) {
                break;
            }
            move(child, at);
            at = child;
        }
        put(at, deadline, order, entry);
    }

    private boolean before(double deadline, long order, int other) {
        return deadline < deadlines[other] || deadline == deadlines[other] && order < orders[other];
    }

    private void move(int from, int to) {
        deadlines[to] = deadlines[from];
        orders[to] = orders[from];
        entries[to] = entries[from];
    }

    private void put(int at, double deadline, long order, int entry) {
        deadlines[at] = deadline;
        orders[at] = order;
        entries[at] = entry;
    }
}
