package dev.weft.proxy.server;

import dev.weft.proxy.codec.http2.Http2Connection;
import dev.weft.proxy.codec.http2.Http2Endpoint;
import dev.weft.proxy.codec.http2.Http2Error;
import dev.weft.proxy.codec.http2.Http2Loop;
import dev.weft.proxy.codec.http2.Http2Stream;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Loop;
import io.netty.channel.Channel;
import org.jspecify.annotations.Nullable;

/**
 * One client's HTTP/2 connection: each of its streams is an exchange.
 *
 * <p>Put on a channel by {@code proxy.listener}, behind TLS if there is any; loop-confined. Its {@link Http2ServerStream}s
 * hand requests to the filters and write the responses; {@link Http2Watch} minds the time.
 *
 * <p>It goes away in two steps, so that no request on the wire is lost: a GOAWAY that refuses nothing, then, when the
 * client has answered a ping or a second has passed, one that names the last stream that is served.
 */
public final class Http2Server implements Http2Endpoint {
    private final Loop loop;
    private final ConnectionFacts facts;
    private final HttpService service;
    private final ServerOptions options;
    private final Http2Connection connection;
    private final StreamPool streams;
    private final Http2Watch watch;
    private final Http2Loop shared;
    private final long mostRequests;
    private long requests;
    private Drain drain = Drain.NONE;

    private enum Drain {
        NONE,
        /** The client was told, and what it sent before it knew is served. */
        ANNOUNCED,
        /** No more streams; closes with the last one. */
        FINAL
    }

    private Http2Server(Channel channel, Loop loop, ConnectionFacts facts, HttpService service) {
        this.loop = loop;
        this.facts = facts;
        this.service = service;
        this.options = service.options();
        this.connection = new Http2Connection(Http2Connection.Role.SERVER, this, options.http2(), loop);
        this.streams = loop.belonging(StreamPool.class, StreamPool::new);
        this.shared = Http2Loop.of(loop);
        this.mostRequests = options.maxRequests() == 0 ? Long.MAX_VALUE : options.maxRequests();
        this.watch = new Http2Watch(loop, options.timeouts(), this);
        connection.addTo(channel);
    }

    /** Serves HTTP/2 on a channel of this loop from now on, as its last handler; the client's preface comes first. */
    public static void install(Channel channel, Loop loop, ConnectionFacts facts, HttpService service) {
        new Http2Server(channel, loop, facts, service);
    }

    Loop loop() {
        return loop;
    }

    ConnectionFacts facts() {
        return facts;
    }

    HttpService service() {
        return service;
    }

    ServerOptions options() {
        return options;
    }

    Http2Connection connection() {
        return connection;
    }

    Http2Loop shared() {
        return shared;
    }

    boolean isIdle() {
        return connection.activeStreams() == 0;
    }

    /** Takes no new streams, and closes with the last one that is open. */
    void drain() {
        if (drain != Drain.NONE) {
            return;
        }
        drain = Drain.ANNOUNCED;
        connection.goAway(Integer.MAX_VALUE, Http2Error.NO_ERROR);
        connection.ping();
        watch.drainAnnounced();
    }

    /** The client had time to learn that we go away. */
    void finishDrain() {
        if (drain != Drain.ANNOUNCED) {
            return;
        }
        drain = Drain.FINAL;
        connection.goAway(connection.lastPeerStream(), Http2Error.NO_ERROR);
        closeIfDrained();
    }

    void closeNow() {
        connection.goAway(connection.lastPeerStream(), Http2Error.NO_ERROR);
        connection.close();
    }

    private void closeIfDrained() {
        if (drain == Drain.FINAL && connection.activeStreams() == 0) {
            connection.close();
        }
    }

    @Override
    public Http2Stream accept() {
        Http2ServerStream stream = streams.take();
        stream.bind(this);
        watch.streamStarted();
        if (++requests >= mostRequests || service.isDraining()) {
            drain();
        }
        return stream;
    }

    void recycle(Http2ServerStream stream) {
        streams.give(stream);
    }

    @Override
    public void onSettings() {}

    @Override
    public void onGoAway(int lastStreamId, int error) {
        // The client opens no more streams; those that are open are served as ever.
    }

    @Override
    public void onPingAck() {
        finishDrain();
    }

    @Override
    public void onStreamClosed() {
        watch.streamEnded();
        closeIfDrained();
    }

    @Override
    public void onSweep(Http2Stream stream) {
        if (stream instanceof Http2ServerStream ours) {
            ours.checkTime(watch);
        }
    }

    @Override
    public void onEvent(Object event) {
        if (event instanceof DrainSignal) {
            drain();
        }
    }

    @Override
    public void onOver() {}

    @Override
    public void onClosed() {
        watch.stop();
    }

    /** Streams of a loop's server connections that are not in use. */
    private static final class StreamPool {
        private static final int MOST = 256;

        private final @Nullable Http2ServerStream[] idle = new Http2ServerStream[MOST];
        private int count;

        Http2ServerStream take() {
            if (count > 0) {
                Http2ServerStream stream = idle[--count];
                idle[count] = null;
                if (stream != null) {
                    return stream;
                }
            }
            return new Http2ServerStream();
        }

        void give(Http2ServerStream stream) {
            if (count < MOST) {
                idle[count++] = stream;
            }
        }
    }
}
