package dev.weft.proxy.route;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import dev.weft.model.Locality;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.cluster.LoadBalancing;
import dev.weft.model.cluster.Transport;
import dev.weft.model.net.SocketAddress;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteConfig;
import dev.weft.model.route.RouteTable;
import dev.weft.model.route.VirtualHost;
import dev.weft.proxy.cluster.ClusterEnvironment;
import dev.weft.proxy.cluster.Clusters;
import dev.weft.proxy.cluster.NameResolver;
import dev.weft.proxy.cluster.UpstreamChannels;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.FilterChain;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.ResponseFlag;
import dev.weft.proxy.exchange.ResponseSink;
import dev.weft.proxy.exchange.Ticker;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.proxy.identity.TlsContexts;
import dev.weft.proxy.identity.TlsEngine;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** A router with real loops and real sockets behind it, and a client that is no socket. */
final class RouterHarness implements AutoCloseable {
    private static final ConnectionFacts CONNECTION = ConnectionFacts.builder(
                    new InetSocketAddress("127.0.0.1", 40000), new InetSocketAddress("127.0.0.1", 9080))
            .build();

    final SecretStore secrets = new SecretStore();
    final Clusters clusters;
    /** What a filter chooses. */
    volatile ImmutableList<String> alpn = ImmutableList.of();

    final Loop loop;
    private final MultiThreadIoEventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ScheduledExecutorService control = Executors.newSingleThreadScheduledExecutor();
    final UpstreamCalls calls;
    private FilterChain chain;

    RouterHarness() {
        EventLoop eventLoop = group.next();
        loop = new Loop(0, eventLoop, ByteBufAllocator.DEFAULT, Ticker.system(), new SplittableRandom(1));
        clusters = new Clusters(new ClusterEnvironment(
                ImmutableList.of(loop),
                control,
                UpstreamChannels.NIO,
                new TlsContexts(secrets, InstantSource.system(), TlsEngine.JDK),
                (name, callback) -> callback.accept(new NameResolver.Answer.Failed("no names here"))));
        calls = new UpstreamCalls(clusters, ImmutableList.of(loop));
        routes(RouterOptions.DEFAULT);
    }

    RouterHarness routes(Route... routes) {
        return routes(RouterOptions.DEFAULT, routes);
    }

    RouterHarness routes(RouterOptions options, Route... routes) {
        return table(options, VirtualHost.of("all", ImmutableList.of("*"), ImmutableList.copyOf(routes)));
    }

    RouterHarness table(RouterOptions options, VirtualHost host) {
        RouteTable table = RouteTable.of(RouteConfig.of("r", ImmutableList.of(host)));
        chain = new FilterChain(
                ImmutableList.of(), new HttpRouter(new Routes(table), calls, options), x -> {}, 1 << 20);
        return this;
    }

    static Cluster cluster(String name, CircuitBreakers breakers, int... ports) {
        return new Cluster(
                name,
                new Discovery.Static(endpoints(name, ports)),
                new LoadBalancing(new LoadBalancing.RoundRobin(), 0, false),
                breakers,
                Cluster.ConnectionOptions.DEFAULT,
                Transport.PLAIN,
                Cluster.ClusterTelemetry.NONE,
                java.util.Optional.empty());
    }

    static EndpointSet endpoints(String name, int... ports) {
        ImmutableList.Builder<Endpoint> endpoints = ImmutableList.builder();
        for (int port : ports) {
            endpoints.add(new Endpoint(
                    new SocketAddress.Inet("127.0.0.1", port),
                    "",
                    Endpoint.Health.UNKNOWN,
                    1,
                    ImmutableSortedMap.of(),
                    Endpoint.Workload.UNKNOWN));
        }
        return new EndpointSet(
                name, ImmutableList.of(new EndpointSet.LocalityEndpoints(Locality.UNKNOWN, 0, 0, endpoints.build())));
    }

    RouterHarness with(Cluster... running) {
        clusters.publish(List.of(running));
        return this;
    }

    Reply get(String path, String... headers) {
        return send("GET", path, null, headers).await();
    }

    Reply post(String path, String body, String... headers) {
        return send("POST", path, body, headers).await();
    }

    /** Starts a request; a null body is no body. */
    InFlight send(String method, String path, String body, String... headers) {
        InFlight flight = new InFlight();
        loop.eventLoop().execute(() -> {
            begin(flight, method, path, headers);
            loop.beginBatch();
            flight.exchange.toUpstream().onRequestHead(body == null);
            if (body != null) {
                flight.exchange.countRequest(body.length());
                flight.exchange
                        .toUpstream()
                        .onRequestData(Unpooled.copiedBuffer(body, StandardCharsets.ISO_8859_1), true);
            }
            loop.endBatch();
        });
        return flight;
    }

    /** Starts a request whose body the test sends by {@link InFlight#on}. */
    InFlight open(String method, String path, String... headers) {
        InFlight flight = new InFlight();
        loop.eventLoop().execute(() -> {
            begin(flight, method, path, headers);
            loop.beginBatch();
            flight.exchange.toUpstream().onRequestHead(false);
            loop.endBatch();
        });
        return flight;
    }

    private void begin(InFlight flight, String method, String path, String... headers) {
        Exchange exchange = loop.exchange();
        flight.exchange = exchange;
        exchange.request().method(method);
        exchange.request().path(path);
        exchange.request().authority("a:9080");
        for (String header : headers) {
            int colon = header.indexOf(": ");
            if (header.startsWith("upgrade: ")) {
                exchange.request().upgrade(header.substring(colon + 2));
            } else {
                exchange.request()
                        .headers()
                        .add(HeaderName.of(header.substring(0, colon)), header.substring(colon + 2));
            }
        }
        exchange.timings().start = loop.now();
        exchange.begin(chain, CONNECTION, flight);
        exchange.upstreamAlpn(dev.weft.proxy.exchange.AlpnOffer.always(alpn));
    }

    /** What the client saw in the end. */
    record Reply(int status, List<String> headers, String body, FailureReason broken, String flags, String details) {
        String header(String name) {
            for (String header : headers) {
                if (header.startsWith(name + ": ")) {
                    return header.substring(name.length() + 2);
                }
            }
            return "";
        }
    }

    /** One request and its client. */
    final class InFlight implements ResponseSink {
        private final CompletableFuture<Reply> done = new CompletableFuture<>();
        final CompletableFuture<Integer> head = new CompletableFuture<>();
        private final StringBuilder body = new StringBuilder();
        private final List<String> headers = new ArrayList<>();
        final List<Integer> informational = new ArrayList<>();
        private volatile Exchange exchange;
        volatile long credit;

        Reply await() {
            try {
                return done.get(10, TimeUnit.SECONDS);
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new AssertionError("no reply", e);
            }
        }

        int awaitHead() {
            try {
                return head.get(10, TimeUnit.SECONDS);
            } catch (InterruptedException | ExecutionException | TimeoutException e) {
                throw new AssertionError("no response head", e);
            }
        }

        /** Does something to the exchange on its loop. */
        InFlight on(Consumer<Exchange> task) {
            loop.eventLoop().execute(() -> {
                loop.beginBatch();
                task.accept(exchange);
                loop.endBatch();
            });
            return this;
        }

        InFlight data(String text, boolean end) {
            return on(x -> x.toUpstream().onRequestData(Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1), end));
        }

        @Override
        public void onInformational() {
            informational.add(exchange.response().status());
        }

        @Override
        public void onResponseHead(boolean end) {
            Headers fields = exchange.response().headers();
            for (int i = 0; i < fields.entries(); i++) {
                if (fields.isLive(i)) {
                    headers.add(fields.nameText(i) + ": " + fields.valueText(i));
                }
            }
            head.complete(exchange.response().status());
            if (end) {
                finish(null);
            }
        }

        @Override
        public void onResponseData(ByteBuf data, boolean end) {
            int bytes = data.readableBytes();
            body.append(data.toString(StandardCharsets.ISO_8859_1));
            data.release();
            if (end) {
                finish(null);
            } else {
                exchange.toUpstream().onResponseConsumed(bytes);
            }
        }

        @Override
        public void onResponseTrailers() {
            finish(null);
        }

        @Override
        public void onResponseReset(FailureReason reason) {
            finish(reason);
        }

        @Override
        public void onRequestConsumed(int bytes) {
            credit += bytes;
        }

        private void finish(FailureReason broken) {
            Exchange over = exchange;
            Reply reply = new Reply(
                    over.response().status(),
                    headers,
                    body.toString(),
                    broken,
                    ResponseFlag.codes(over.flags()),
                    over.details());
            over.complete();
            loop.recycle(over);
            done.complete(reply);
        }
    }

    @Override
    public void close() {
        clusters.close();
        control.shutdownNow();
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    /** Waits for a condition, at most ten seconds. */
    static void eventually(BooleanSupplier condition) {
        long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("the condition did not come true within ten seconds");
            }
            Thread.onSpinWait();
            LockSupport.parkNanos(1_000_000);
        }
    }
}
