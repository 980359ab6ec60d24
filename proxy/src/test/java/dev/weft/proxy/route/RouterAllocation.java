package dev.weft.proxy.route;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.sun.management.ThreadMXBean;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.route.Forward;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.HeaderMutations.Append;
import dev.weft.model.route.HeaderMutations.HeaderEdit;
import dev.weft.model.route.RetryPolicy;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteConfig;
import dev.weft.model.route.RouteMatch;
import dev.weft.model.route.RouteTable;
import dev.weft.model.route.VirtualHost;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.FilterChain;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.ResponseSink;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;

/**
 * Prints how many bytes the loop allocates per request between the filters and a backend's socket: route, retries as Istio sets
 * them, cluster, pool, HTTP/1 client, Netty. Run by hand.
 */
final class RouterAllocation {
    private static final int WARM_UP = 200_000;
    private static final int MEASURED = 200_000;

    private RouterAllocation() {}

    public static void main(String[] args) throws Exception {
        try (ServerSocket backend = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
                RouterHarness harness = new RouterHarness()) {
            Thread.ofPlatform().daemon().start(() -> serve(backend));
            harness.with(RouterHarness.cluster("c", CircuitBreakers.UNLIMITED, backend.getLocalPort()));
            RouteTable table = RouteTable.of(RouteConfig.of(
                    "r", ImmutableList.of(VirtualHost.of("v", ImmutableList.of("*"), ImmutableList.of(route())))));
            FilterChain chain = new FilterChain(
                    ImmutableList.of(),
                    new HttpRouter(new Routes(table), harness.calls, RouterOptions.DEFAULT),
                    x -> {},
                    1 << 20);
            Client client = new Client(harness, chain);
            client.run(WARM_UP);
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            for (int round = 0; round < 5; round++) {
                long bytes = threads.getThreadAllocatedBytes(client.loopThread);
                long cpu = threads.getThreadCpuTime(client.loopThread);
                long start = System.nanoTime();
                client.run(MEASURED);
                System.out.printf(
                        "%d bytes/request, %d ns CPU/request, %d requests/s%n",
                        (threads.getThreadAllocatedBytes(client.loopThread) - bytes) / MEASURED,
                        (threads.getThreadCpuTime(client.loopThread) - cpu) / MEASURED,
                        MEASURED * 1_000_000_000L / (System.nanoTime() - start));
            }
        }
    }

    private static Route route() {
        RetryPolicy retry = new RetryPolicy(
                ImmutableSet.of(RetryPolicy.On.CONNECT_FAILURE, RetryPolicy.On.RETRIABLE_STATUS_CODES),
                2,
                Optional.empty(),
                ImmutableList.of(503),
                true,
                5,
                Duration.ofMillis(25),
                Optional.empty());
        HeaderMutations mutations = new HeaderMutations(
                ImmutableList.of(new HeaderEdit("x-set", "value", Append.OVERWRITE_IF_EXISTS_OR_ADD)),
                ImmutableList.of(),
                ImmutableList.of(new HeaderEdit("x-out", "value", Append.OVERWRITE_IF_EXISTS_OR_ADD)),
                ImmutableList.of());
        return new Route(
                "r",
                RouteMatch.ANY,
                new Forward(
                        new Forward.SingleCluster("c"),
                        Forward.Rewrite.NONE,
                        Forward.Timeouts.DEFAULT,
                        Optional.of(retry),
                        503,
                        ImmutableList.of()),
                mutations,
                Optional.empty(),
                Optional.empty());
    }

    private static void serve(ServerSocket server) {
        byte[] answer =
                "HTTP/1.1 200 OK\r\ncontent-length: 5\r\nserver: x\r\n\r\nhello".getBytes(StandardCharsets.US_ASCII);
        byte[] buffer = new byte[4096];
        try (Socket socket = server.accept()) {
            socket.setTcpNoDelay(true);
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            while (in.read(buffer) > 0) {
                out.write(answer);
            }
        } catch (IOException e) {
            // the measurement is over
        }
    }

    /** Sends one request after the other from the loop. */
    private static final class Client implements ResponseSink {
        private static final HeaderName USER_AGENT = HeaderName.USER_AGENT;

        private final RouterHarness harness;
        private final FilterChain chain;
        private final ConnectionFacts connection = ConnectionFacts.builder(
                        new InetSocketAddress("127.0.0.1", 1), new InetSocketAddress("127.0.0.1", 2))
                .build();
        private volatile long loopThread;
        private int left;
        private CountDownLatch done = new CountDownLatch(1);
        private Exchange exchange;
        private final Runnable next = this::next;

        Client(RouterHarness harness, FilterChain chain) {
            this.harness = harness;
            this.chain = chain;
        }

        void run(int requests) throws InterruptedException {
            CountDownLatch finished = new CountDownLatch(1);
            harness.loop.eventLoop().execute(() -> {
                loopThread = Thread.currentThread().threadId();
                left = requests;
                done = finished;
                next();
            });
            finished.await();
        }

        private void next() {
            if (left-- == 0) {
                done.countDown();
                return;
            }
            Exchange x = harness.loop.exchange();
            exchange = x;
            x.request().method("GET");
            x.request().path("/productpage");
            x.request().authority("reviews:9080");
            x.request().headers().add(USER_AGENT, "load");
            x.timings().start = harness.loop.now();
            x.begin(chain, connection, this);
            harness.loop.beginBatch();
            x.toUpstream().onRequestHead(true);
            harness.loop.endBatch();
        }

        @Override
        public void onInformational() {}

        @Override
        public void onResponseHead(boolean end) {
            if (end) {
                finish();
            }
        }

        @Override
        public void onResponseData(ByteBuf data, boolean end) {
            data.release();
            if (end) {
                finish();
            }
        }

        @Override
        public void onResponseTrailers() {
            finish();
        }

        @Override
        public void onResponseReset(FailureReason reason) {
            throw new AssertionError(reason);
        }

        @Override
        public void onRequestConsumed(int bytes) {}

        private void finish() {
            exchange.complete();
            harness.loop.recycle(exchange);
            harness.loop.eventLoop().execute(next);
        }
    }
}
