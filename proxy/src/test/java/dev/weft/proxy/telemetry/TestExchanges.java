package dev.weft.proxy.telemetry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.ConnectionFacts.Direction;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.ExchangeObserver;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.FilterChain;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.HttpFilter;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.PeerIdentity;
import dev.weft.proxy.exchange.PeerMetadata;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.exchange.ResponseSink;
import dev.weft.proxy.exchange.RouteDecision;
import dev.weft.proxy.exchange.Router;
import dev.weft.proxy.exchange.Ticker;
import dev.weft.proxy.exchange.TlsFacts;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Exchanges on a loop without sockets, with a time that tests set. */
public final class TestExchanges {
    public static final String WEB = "spiffe://cluster.local/ns/shop/sa/web";
    public static final String REVIEWS = "spiffe://cluster.local/ns/books/sa/reviews";
    static final WorkloadMetadata SELF = new WorkloadMetadata(
            "sidecar~10.0.0.1~web-1.shop~shop.svc.cluster.local",
            "web-1",
            "web",
            "shop",
            "Kubernetes",
            ImmutableSortedMap.of("app", "web", "version", "v2"));
    static final PeerMetadata PEER =
            new PeerMetadata("id", "reviews-v1", "books", "reviews", "v1", "reviews", "v1", "east");
    static final long START_MILLIS = 1_795_262_400_123L; // 2026-11-21T12:00:00.123Z

    private static final long MILLI = 1_000_000;

    public final EmbeddedChannel channel = new EmbeddedChannel();
    public final Loop loop;
    long nanos = MILLI;
    public final Client client = new Client();
    private @Nullable RouteDecision route;

    public TestExchanges() {
        this(0);
    }

    TestExchanges(int index) {
        channel.freezeTime();
        loop = new Loop(
                index,
                channel.eventLoop(),
                UnpooledByteBufAllocator.DEFAULT,
                new Ticker() {
                    @Override
                    public long nanos() {
                        return nanos;
                    }

                    @Override
                    public long epochMillis() {
                        return START_MILLIS;
                    }
                },
                new Random(1));
    }

    /** What the router finds. */
    void route(RouteDecision found) {
        route = found;
    }

    /** Lets time pass, timers included. */
    void pass(long seconds) {
        for (long i = 0; i < seconds * 100; i++) {
            nanos += 10 * MILLI;
            channel.advanceTimeBy(10, TimeUnit.MILLISECONDS);
            channel.runScheduledPendingTasks();
        }
    }

    /** A GET that has passed its head. */
    public Exchange request(ConnectionFacts facts, ExchangeObserver observer, HttpFilter... filters) {
        Exchange exchange = begin(facts, observer, filters);
        exchange.request().method("GET");
        exchange.request().path("/reviews/7?user=jo");
        exchange.request().authority("reviews:9080");
        return exchange;
    }

    /** A connection without messages. */
    Exchange begin(ConnectionFacts facts, ExchangeObserver observer, HttpFilter... filters) {
        Exchange exchange = loop.exchange();
        Router router = new Router() {
            @Override
            public @Nullable RouteDecision route(Exchange asking) {
                return route;
            }

            @Override
            public RequestSink start(Exchange started, boolean end) {
                return RequestSink.IGNORE;
            }
        };
        exchange.begin(new FilterChain(ImmutableList.copyOf(filters), router, observer, 1024), facts, client);
        exchange.timings().start = nanos;
        exchange.timings().startEpochMillis = START_MILLIS;
        return exchange;
    }

    /** Ends it with this answer so many milliseconds later. */
    void end(Exchange exchange, int status, long millis) {
        exchange.response().status(status);
        exchange.timings().responseEnd = exchange.timings().start + millis * MILLI;
        exchange.complete();
        recycle(exchange);
    }

    void recycle(Exchange exchange) {
        loop.beginBatch();
        loop.recycle(exchange);
        loop.endBatch();
    }

    static void grpc(Exchange exchange) {
        exchange.request().headers().add(HeaderName.CONTENT_TYPE, "application/grpc");
    }

    public static ConnectionFacts inbound(@Nullable TlsFacts tls) {
        return facts(Direction.INBOUND, tls);
    }

    public static ConnectionFacts outbound() {
        return facts(Direction.OUTBOUND, null);
    }

    private static ConnectionFacts facts(Direction direction, @Nullable TlsFacts tls) {
        ConnectionFacts.Builder builder = ConnectionFacts.builder(
                        new InetSocketAddress("10.0.0.9", 4711), new InetSocketAddress("10.0.0.1", 15006))
                .destination(new InetSocketAddress("10.0.0.1", 9080))
                .direction(direction)
                .listener("virtual")
                .filterChain("chain");
        return (tls == null ? builder : builder.tls(tls)).build();
    }

    public static TlsFacts tls(String peer, String local) {
        return new TlsFacts(
                "TLSv1.3",
                "TLS_AES_128_GCM_SHA256",
                "outbound_.9080_._.web",
                "istio",
                new PeerIdentity(ImmutableList.of(peer), ImmutableList.of("dns"), "CN=peer", "CN=ca", "0a", "ff", 0, 1),
                local);
    }

    /** Keeps the body that it was sent. */
    public static final class Client implements ResponseSink {
        public final StringBuilder body = new StringBuilder();

        @Override
        public void onResponseHead(boolean end) {}

        @Override
        public void onResponseData(ByteBuf data, boolean end) {
            body.append(data.toString(StandardCharsets.UTF_8));
            data.release();
        }

        @Override
        public void onResponseTrailers() {}

        @Override
        public void onInformational() {}

        @Override
        public void onRequestConsumed(int bytes) {}

        @Override
        public void onResponseReset(FailureReason reason) {}
    }

    static RouteDecision routeNamed(String route, String host) {
        return new RouteDecision() {
            @Override
            public String routeName() {
                return route;
            }

            @Override
            public String virtualHostName() {
                return host;
            }

            @Override
            public String clusterName() {
                return "";
            }

            @Override
            public dev.weft.proxy.exchange.@Nullable FilterOverride filterOverride(String filterName) {
                return null;
            }
        };
    }
}
