package dev.weft.proxy.rpc;

import com.google.common.collect.ImmutableList;
import dev.weft.model.cluster.UpstreamProtocol;
import dev.weft.proxy.cluster.UpstreamChannels;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeadLimits;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.upstream.Admission;
import dev.weft.proxy.upstream.ConnectionObserver;
import dev.weft.proxy.upstream.ConnectionPool;
import dev.weft.proxy.upstream.Connector;
import dev.weft.proxy.upstream.Http2Client;
import dev.weft.proxy.upstream.PoolOptions;
import io.grpc.Status;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The one address that a channel uses at a time, and those to try next. Confined to the channel's loop.
 *
 * <p>All calls share a connection. When it is gone, the next call finds the addresses anew and takes the first that can be reached;
 * a call fails when none can.
 */
@SuppressWarnings("ReferenceEquality") // a pool is itself, never equal to another
final class RpcConnections {
    private static final int BUFFER_LIMIT = 1 << 20;

    private final Loop loop;
    private final RpcTarget target;
    private final Duration keepAlive;
    private final PoolOptions options;
    private final Deque<SocketAddress> untried = new ArrayDeque<>();
    private final List<RpcStream> waiting = new ArrayList<>();
    private @Nullable ConnectionPool pool;
    private @Nullable SocketAddress address;
    private boolean lookingUp;
    private boolean closed;

    RpcConnections(Loop loop, RpcTarget target, Duration keepAlive) {
        this.loop = loop;
        this.target = target;
        this.keepAlive = keepAlive;
        this.options = new PoolOptions(
                PoolOptions.Protocol.HTTP2,
                target.connectTimeout(),
                Duration.ZERO,
                0,
                HeadLimits.RESPONSE,
                BUFFER_LIMIT);
    }

    /** Gets the call its stream, now or later; else it fails. */
    void open(RpcStream call) {
        if (closed) {
            call.fail(Status.UNAVAILABLE.withDescription("the channel is closed"));
            return;
        }
        ConnectionPool current = pool;
        if (current != null && current.connections() == 0 && current.isIdle()) {
            untried.clear();
            next();
            current = pool;
        }
        if (current != null) {
            call.waitIn(current);
        } else {
            lookUp(call);
        }
    }

    /** No connection came of the address that the call waited for. */
    void refused(RpcStream call, ConnectionPool refusedBy, FailureReason reason, String detail) {
        String problem = problem(reason, detail);
        if (refusedBy == pool) {
            next();
        }
        ConnectionPool current = pool;
        if (current != null) {
            call.waitIn(current);
        } else if (call.takesLookup() && !closed) {
            lookUp(call);
        } else {
            call.fail(Status.UNAVAILABLE.withDescription(problem));
        }
    }

    void forget(RpcStream call) {
        waiting.remove(call);
    }

    void close() {
        closed = true;
        untried.clear();
        next();
        for (RpcStream call : takeWaiting()) {
            call.fail(Status.UNAVAILABLE.withDescription("the channel is closed"));
        }
    }

    private String problem(FailureReason reason, String detail) {
        return reason.body() + (detail.isEmpty() ? "" : ": " + detail) + " (" + address + ")";
    }

    private void lookUp(RpcStream call) {
        call.lookedUp();
        waiting.add(call);
        if (lookingUp) {
            return;
        }
        lookingUp = true;
        target.addresses().find(new AddressSource.Answer() {
            @Override
            public void found(ImmutableList<SocketAddress> addresses) {
                loop.eventLoop().execute(() -> onFound(addresses));
            }

            @Override
            public void failed(String problem) {
                loop.eventLoop().execute(() -> onFailed(problem));
            }
        });
    }

    private void onFound(ImmutableList<SocketAddress> addresses) {
        lookingUp = false;
        if (closed) {
            return;
        }
        untried.clear();
        untried.addAll(addresses);
        next();
        ConnectionPool current = pool;
        for (RpcStream call : takeWaiting()) {
            if (current == null) {
                call.fail(Status.UNAVAILABLE.withDescription("there is no address to connect to"));
            } else {
                call.waitIn(current);
            }
        }
    }

    private void onFailed(String problem) {
        lookingUp = false;
        for (RpcStream call : takeWaiting()) {
            call.fail(Status.UNAVAILABLE.withDescription(problem));
        }
    }

    private List<RpcStream> takeWaiting() {
        List<RpcStream> calls = List.copyOf(waiting);
        waiting.clear();
        return calls;
    }

    /** Turns to the next address, if there is one. */
    private void next() {
        ConnectionPool before = pool;
        SocketAddress next = untried.poll();
        address = next == null ? address : next;
        pool = next == null ? null : newPool(next);
        if (before != null) {
            before.close();
        }
    }

    private ConnectionPool newPool(SocketAddress to) {
        Connector connector = new Connector(
                new Connector.Route(to, target.source()),
                UpstreamChannels.of(loop.eventLoop()).factory(to),
                target.transport(),
                Http2Client.protocol(UpstreamProtocol.Http2Options.DEFAULT, keepAlive),
                ConnectionObserver.NONE);
        return new ConnectionPool(loop, connector, options, Admission.UNLIMITED);
    }
}
