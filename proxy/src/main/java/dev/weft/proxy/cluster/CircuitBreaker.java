package dev.weft.proxy.cluster;

import dev.weft.model.cluster.CircuitBreakers;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The limits of a cluster over all loops: connections, waiting requests, requests, retries. Thread safe by plain atomics; each
 * permit is given back once. Lives as long as the running cluster, also where its limits change.
 *
 * <p>A permit is taken before the limit is looked at and given back on refusal: so the limit is exact, where a look before the
 * step would let as many through as there are loops.
 */
public final class CircuitBreaker {
    private static final VarHandle CONNECTIONS = handle("connections");
    private static final VarHandle WAITING = handle("waiting");
    private static final VarHandle REQUESTS = handle("requests");
    private static final VarHandle RETRIES = handle("retries");

    private final CircuitBreakers limits;
    private long connections;
    private long waiting;
    private long requests;
    private long retries;

    public CircuitBreaker(CircuitBreakers limits) {
        this.limits = limits;
    }

    public CircuitBreakers limits() {
        return limits;
    }

    public boolean admitConnection() {
        return admit(CONNECTIONS, limits.maxConnections());
    }

    /** A pool without any connection may have one whatever the limit, or its endpoint could starve. */
    public void forceConnection() {
        CONNECTIONS.getAndAdd(this, 1L);
    }

    public void connectionEnded() {
        CONNECTIONS.getAndAdd(this, -1L);
    }

    public boolean admitWaiting() {
        return admit(WAITING, limits.maxPendingRequests());
    }

    public void waitingEnded() {
        WAITING.getAndAdd(this, -1L);
    }

    public boolean admitRequest() {
        return admit(REQUESTS, limits.maxRequests());
    }

    public void requestEnded() {
        REQUESTS.getAndAdd(this, -1L);
    }

    public boolean admitRetry() {
        return admit(RETRIES, limits.maxRetries());
    }

    public void retryEnded() {
        RETRIES.getAndAdd(this, -1L);
    }

    public long connections() {
        return (long) CONNECTIONS.getOpaque(this);
    }

    public long waiting() {
        return (long) WAITING.getOpaque(this);
    }

    public long requests() {
        return (long) REQUESTS.getOpaque(this);
    }

    public long retries() {
        return (long) RETRIES.getOpaque(this);
    }

    private boolean admit(VarHandle count, long limit) {
        if ((long) count.getAndAdd(this, 1L) < limit) {
            return true;
        }
        count.getAndAdd(this, -1L);
        return false;
    }

    private static VarHandle handle(String field) {
        try {
            return MethodHandles.lookup().findVarHandle(CircuitBreaker.class, field, long.class);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError("CircuitBreaker has no field " + field, e);
        }
    }
}
