package dev.weft.proxy.upstream;

import dev.weft.model.cluster.UpstreamProtocol;
import dev.weft.proxy.codec.http2.Http2Config;
import dev.weft.proxy.codec.http2.Http2Connection;
import dev.weft.proxy.codec.http2.Http2Endpoint;
import dev.weft.proxy.codec.http2.Http2Loop;
import dev.weft.proxy.codec.http2.Http2Stream;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.UpstreamListener;
import dev.weft.proxy.exchange.UpstreamStream;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/2 connection to an upstream, with many streams.
 *
 * <p>Kept by a {@link ConnectionPool}; loop-confined. It may be used from the first moment: requests need not wait for the
 * upstream's settings, only for a cautious number of streams until they came.
 */
public final class Http2Client implements UpstreamConnection, Http2Endpoint {
    /** Streams until the upstream said how many it takes: RFC 9113 advises it to take no fewer. */
    private static final int UNTIL_SETTINGS = 100;

    private final Established established;
    private final ConnectionOwner owner;
    private final Http2Config config;
    private final Loop loop;
    private final Http2Loop shared;
    private final StreamPool streams;
    private final Http2Connection connection;
    private final IdleTimer idle;
    private final KeepAlive keepAlive;
    private final long mostRequests;
    private long requests;
    private boolean settingsKnown;
    private boolean draining;
    private boolean hadCapacity = true;

    private Http2Client(Established established, ConnectionOwner owner, Http2Config config, Duration keepAlive) {
        this.established = established;
        this.owner = owner;
        this.config = config;
        this.loop = established.loop();
        this.shared = Http2Loop.of(loop);
        this.streams = loop.belonging(StreamPool.class, StreamPool::new);
        PoolOptions options = established.options();
        this.mostRequests = options.maxRequests() == 0 ? Long.MAX_VALUE : options.maxRequests();
        this.connection = new Http2Connection(Http2Connection.Role.CLIENT, this, config, loop);
        this.idle = new IdleTimer(loop, options.idleTimeout(), this);
        this.keepAlive = new KeepAlive(loop, keepAlive, connection);
        connection.addTo(established.channel());
    }

    /** Makes clients with these settings. */
    public static ClientProtocol protocol(UpstreamProtocol.Http2Options options) {
        return protocol(options, Duration.ZERO);
    }

    /** Clients that ask every so often whether the peer is still there, and close where it does not answer; zero never asks. */
    public static ClientProtocol protocol(UpstreamProtocol.Http2Options options, Duration keepAlive) {
        Http2Config config = Http2Config.ofClient(options);
        return (established, owner) -> new Http2Client(established, owner, config, keepAlive);
    }

    @Override
    public int capacity() {
        if (draining || connection.isOver()) {
            return 0;
        }
        long most = Math.min(config.maxStreams(), settingsKnown ? connection.peerMaxStreams() : UNTIL_SETTINGS);
        long left = Math.min(mostRequests - requests, connection.streamsLeft());
        return (int) Math.max(0, Math.min(most - connection.activeStreams(), left));
    }

    @Override
    public int active() {
        return connection.activeStreams();
    }

    @Override
    public UpstreamStream open(UpstreamListener listener) {
        Http2ClientStream stream = streams.take();
        stream.bind(this, listener);
        requests++;
        connection.open(stream);
        hadCapacity = capacity() > 0;
        return stream;
    }

    @Override
    public void drain() {
        draining = true;
        closeIfDone();
    }

    @Override
    public void close() {
        draining = true;
        connection.close();
    }

    @Override
    public void onSettings() {
        settingsKnown = true;
        tellCapacity();
    }

    @Override
    public void onGoAway(int lastStreamId, int error) {
        draining = true;
        tellCapacity();
        closeIfDone();
    }

    @Override
    public void onStreamClosed() {
        idle.touch();
        if (draining || mostRequests == requests || connection.streamsLeft() == 0) {
            closeIfDone();
        } else if (!hadCapacity) {
            tellCapacity();
        }
    }

    @Override
    public void onOver() {
        draining = true;
        tellCapacity();
    }

    @Override
    public void onClosed() {
        idle.stop();
        keepAlive.stop();
        owner.onClosed(this);
    }

    @Override
    public @Nullable Http2Stream accept() {
        return null;
    }

    @Override
    public void onPingAck() {
        keepAlive.answered();
    }

    @Override
    public void onSweep(Http2Stream stream) {}

    @Override
    public void onEvent(Object event) {}

    Established established() {
        return established;
    }

    Http2Connection connection() {
        return connection;
    }

    Http2Config config() {
        return config;
    }

    Http2Loop shared() {
        return shared;
    }

    boolean takesConnectProtocol() {
        return !settingsKnown || connection.peerTakesConnectProtocol();
    }

    void recycle(Http2ClientStream stream) {
        streams.give(stream);
    }

    private void tellCapacity() {
        hadCapacity = capacity() > 0;
        owner.onCapacity(this);
    }

    private void closeIfDone() {
        if (connection.activeStreams() == 0) {
            draining = true;
            connection.close();
        }
    }

    /** Streams of a loop's client connections that are not in use. */
    private static final class StreamPool {
        private static final int MOST = 256;

        private final @Nullable Http2ClientStream[] idle = new Http2ClientStream[MOST];
        private int count;

        Http2ClientStream take() {
            if (count > 0) {
                Http2ClientStream stream = idle[--count];
                idle[count] = null;
                if (stream != null) {
                    return stream;
                }
            }
            return new Http2ClientStream();
        }

        void give(Http2ClientStream stream) {
            if (count < MOST) {
                idle[count++] = stream;
            }
        }
    }
}
