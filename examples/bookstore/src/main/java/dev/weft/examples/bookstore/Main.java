package dev.weft.examples.bookstore;

import java.io.IOException;

/**
 * Entry point of every bookstore program: {@code ROLE --flag value ...}. Starts the role's server, prints one line when it
 * listens, and runs until the process is ended.
 */
public final class Main {
    private static final String USAGE = """
            usage: bookstore ROLE --port PORT [flags]
              frontpage  --http-proxy HOST:PORT [--catalog URL] [--reviews URL]
              catalog
              reviews    --version v1|v2|v3 [--ratings HOST:PORT] [--ratings-authority NAME:PORT]
              ratings
              together   [--version v1|v2|v3] [--rps N]      all of them in one process, without a mesh
              traffic    --http-proxy HOST:PORT [--target URL] [--rps N]
            Every program listens on 127.0.0.1, or on --bind ADDRESS. Without --http-proxy the environment variable http_proxy counts.""";

    private Main() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        // Small answers must not wait for a delayed acknowledgement, and a sidecar keeps its connections for long.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        System.setProperty("sun.net.httpserver.idleInterval", "3600");
        // One gRPC call at a time and small messages: pooled arenas and a loop for each processor would only cost
        // memory.
        System.setProperty("io.netty.allocator.type", "unpooled");
        System.setProperty("io.netty.eventLoopThreads", "1");
        System.setProperty("io.netty.leakDetection.level", "disabled");

        Options options;
        Running running;
        try {
            options = Options.parse(arguments);
            running = start(options);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(USAGE);
            System.exit(2);
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(running::close, "stop"));
        System.out.println("listening on " + options.text("bind", "127.0.0.1") + ":" + running.port());
        // The threads of the gRPC server are daemons: without this one the program would end here.
        Thread.currentThread().join();
    }

    static Running start(Options options) throws IOException {
        return switch (options.role()) {
            case FRONTPAGE -> FrontPage.start(options);
            case CATALOG -> Catalog.start(options);
            case REVIEWS -> Reviews.start(options);
            case RATINGS -> Ratings.start(options);
            case TOGETHER -> Together.start(options);
            case TRAFFIC -> Traffic.start(options);
        };
    }
}
