package dev.weft.proxy.rpc;

import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.upstream.UpstreamTransport;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.MethodDescriptor;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * gRPC's channel over the proxy's own HTTP/2 client, for as much of it as the proxy's clients need: every kind of call, deadlines,
 * flow control and readiness; no compression, no retries, no load balancing. Callers back off by themselves.
 *
 * <p>Safe for all threads. Connections are made on one event loop, which the caller owns, when a call needs one. Callbacks come on
 * the executor given, or on the call's own: either has to run them one at a time in their order.
 */
public final class RpcChannel extends Channel implements AutoCloseable {
    private final Loop loop;
    private final RpcTarget target;
    private final RpcOptions options;
    private final Executor callbacks;
    private final RpcConnections connections;

    public RpcChannel(Loop loop, RpcTarget target, RpcOptions options, Executor callbacks) {
        this.loop = loop;
        this.target = target;
        this.options = options;
        this.callbacks = callbacks;
        this.connections = new RpcConnections(loop, target, options.keepAlive());
    }

    @Override
    public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions callOptions) {
        return new RpcCall<>(method, callOptions, this, options.mostMessageBytes());
    }

    @Override
    public String authority() {
        return target.authority();
    }

    /** Ends the connection; open calls end as {@code UNAVAILABLE}. */
    @Override
    public void close() {
        try {
            loop.eventLoop().execute(connections::close);
        } catch (RejectedExecutionException ignored) {
            // the loop is gone, and its connections with it
        }
    }

    Loop loop() {
        return loop;
    }

    Executor callbacks() {
        return callbacks;
    }

    RpcConnections connections() {
        return connections;
    }

    RpcCredential credential() {
        return options.credential();
    }

    @SuppressWarnings("ReferenceEquality") // there is one plaintext transport
    boolean isSecure() {
        return target.transport() != UpstreamTransport.PLAINTEXT;
    }
}
