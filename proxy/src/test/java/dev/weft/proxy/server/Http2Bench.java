package dev.weft.proxy.server;

import com.sun.management.ThreadMXBean;
import dev.weft.model.cluster.UpstreamProtocol.Http2Options;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FailureReason;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.exchange.ResponseHead;
import dev.weft.proxy.upstream.Admission;
import dev.weft.proxy.upstream.BenchRequest;
import dev.weft.proxy.upstream.ConnectionObserver;
import dev.weft.proxy.upstream.ConnectionPool;
import dev.weft.proxy.upstream.Connector;
import dev.weft.proxy.upstream.Http2Client;
import dev.weft.proxy.upstream.PoolOptions;
import dev.weft.proxy.upstream.UpstreamTransport;
import io.netty.buffer.ByteBuf;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;

/**
 * CPU and garbage per request of HTTP/2 in and out, on two processes: {@code load} (client and backend) prints what it
 * did; {@code proxy PORT} forwards to a backend and prints what that cost. Not run by tests.
 */
public final class Http2Bench {
    private static final byte[] BODY = new byte[1024];

    private Http2Bench() {}

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "backend" -> backend(args.length > 1 ? Integer.parseInt(args[1]) : 1024);
            case "proxy" -> proxy(Integer.parseInt(args[1]));
            case "load" -> load(Integer.parseInt(args[1]), Integer.parseInt(args[2]), Integer.parseInt(args[3]));
            default -> throw new IllegalArgumentException(args[0] + " is none of backend, proxy, load");
        }
    }

    private static void backend(int size) throws Exception {
        Http2ServerHarness server = new Http2ServerHarness(
                ServerOptions.DEFAULTS,
                (exchange, end) -> {
                    if (end) {
                        respond(exchange, size);
                        return RequestSink.IGNORE;
                    }
                    return new Answer(exchange, size);
                },
                exchange -> {});
        System.out.println("port " + server.port());
        Thread.sleep(Long.MAX_VALUE);
    }

    private static void respond(Exchange exchange, int size) {
        ResponseHead head = exchange.response();
        head.clear();
        head.status(200);
        head.headers().add(HeaderName.CONTENT_TYPE, "application/grpc");
        head.headers().add(HeaderName.SERVER, "bench");
        head.headers().add(HeaderName.DATE, exchange.loop().date());
        exchange.toClient().onResponseHead(false);
        ByteBuf body = exchange.loop().allocator().ioBuffer(size).writeBytes(BODY, 0, size);
        exchange.toClient().onResponseData(body, false);
        exchange.responseTrailers().add(HeaderName.GRPC_STATUS, 0);
        exchange.toClient().onResponseTrailers();
    }

    private static final class Answer implements RequestSink {
        private Exchange exchange;
        private final int size;

        Answer(Exchange exchange, int size) {
            this.exchange = exchange;
            this.size = size;
        }

        @Override
        public void onRequestData(ByteBuf data, boolean end) {
            data.release();
            if (end) {
                respond(exchange, size);
            }
        }

        @Override
        public void onRequestTrailers() {}

        @Override
        public void onResponseConsumed(int bytes) {}

        @Override
        public void onRequestReset(FailureReason reason) {}
    }

    private static void proxy(int upstream) throws Exception {
        AtomicLong done = new AtomicLong();
        long[] count = new long[1];
        Http2ProxyHarness proxy = new Http2ProxyHarness(
                upstream, PoolOptions.Protocol.HTTP2, Http2Options.DEFAULT, exchange -> done.lazySet(++count[0]));
        System.out.println("port " + proxy.port());
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long[] id = new long[1];
        proxy.server()
                .loop()
                .eventLoop()
                .submit(() -> id[0] = Thread.currentThread().threadId())
                .get();
        long requests = 0;
        long cpu = processCpu();
        long user = 0;
        long bytes = threads.getThreadAllocatedBytes(id[0]);
        while (true) {
            Thread.sleep(3000);
            long nowRequests = done.get();
            long nowCpu = processCpu();
            long nowUser = threads.getThreadUserTime(id[0]);
            long nowBytes = threads.getThreadAllocatedBytes(id[0]);
            long n = Math.max(1, nowRequests - requests);
            System.out.printf(
                    Locale.ROOT,
                    "%,d req/s  cpu %.2f us  loop user %.2f us  allocated %.1f bytes  (per request)%n",
                    n / 3,
                    (nowCpu - cpu) / 1e3 / n,
                    (nowUser - user) / 1e3 / n,
                    (double) (nowBytes - bytes) / n);
            requests = nowRequests;
            cpu = nowCpu;
            user = nowUser;
            bytes = nowBytes;
        }
    }

    /** Scheduler run time of all threads, in nanoseconds. */
    private static long processCpu() throws Exception {
        long sum = 0;
        try (var tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                try {
                    sum += Long.parseLong(
                            Files.readString(task.resolve("schedstat")).split(" ")[0]);
                } catch (java.io.IOException e) {
                    // the thread ended meanwhile
                }
            }
        }
        return sum;
    }

    private static void load(int port, int connections, int streams) throws Exception {
        Http2ServerHarness own = Http2ServerHarness.echo(); // only for its loop
        Loop loop = own.loop();
        AtomicLong done = new AtomicLong();
        loop.eventLoop().execute(() -> {
            for (int c = 0; c < connections; c++) {
                Connector connector = new Connector(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
                        Http2ServerHarness::newClientChannel,
                        UpstreamTransport.PLAINTEXT,
                        Http2Client.protocol(Http2Options.DEFAULT),
                        ConnectionObserver.NONE);
                ConnectionPool pool = new ConnectionPool(
                        loop, connector, PoolOptions.defaults(PoolOptions.Protocol.HTTP2), Admission.UNLIMITED);
                for (int s = 0; s < streams; s++) {
                    new BenchRequest(loop, pool, done).start();
                }
            }
        });
        long before = 0;
        while (true) {
            Thread.sleep(3000);
            long now = done.get();
            System.out.printf(Locale.ROOT, "load: %,d req/s%n", (now - before) / 3);
            before = now;
        }
    }
}
