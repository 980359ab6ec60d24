package dev.weft.proxy;

import dev.weft.xds.Decoded;
import dev.weft.xds.bootstrap.Bootstrap;
import dev.weft.xds.bootstrap.BootstrapFormat;
import dev.weft.xds.decode.BootstrapDecoder;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code weft-proxy}: one proxy on an Envoy bootstrap, or the agent of a foreign one. Exit code 2 means that the input was wrong. */
public final class Main {
    private static final int WRONG_INPUT = 2;

    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        CommandLine line;
        try {
            line = CommandLine.parse(args);
        } catch (IllegalArgumentException e) {
            fail(e.getMessage() + "\n\n" + CommandLine.USAGE);
            return;
        }
        switch (line.mode()) {
            case HELP -> System.out.print(CommandLine.USAGE);
            case PRINT -> System.out.print(ModelText.of(read(line.bootstrap())));
            case RUN -> run(line, read(line.bootstrap()));
            case AGENT -> serveAgent(line, read(line.bootstrap()));
        }
    }

    private static Bootstrap read(Path file) {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (IOException e) {
            throw fail("cannot read the bootstrap " + file + ": " + e);
        }
        Decoded<Bootstrap> decoded = new BootstrapDecoder(new OnDemandDescriptors())
                .decode(content, BootstrapFormat.of(file.toString()));
        return switch (decoded) {
            case Decoded.Value<Bootstrap>(Bootstrap bootstrap) -> bootstrap;
            case Decoded.Rejected<Bootstrap> rejected ->
                throw fail("the bootstrap " + file + " cannot be used:\n" + rejected.message());
        };
    }

    private static void run(CommandLine line, Bootstrap bootstrap) throws InterruptedException {
        ProxyOptions defaults = ProxyOptions.defaults();
        ProxyOptions options = line.concurrency().isPresent()
                ? defaults.withLoops(line.concurrency().getAsInt())
                : defaults;
        ProxyApp app;
        try {
            app = ProxyApp.start(bootstrap, options);
        } catch (IllegalArgumentException e) {
            throw fail("the bootstrap " + line.bootstrap() + " cannot be run: " + e.getMessage());
        }
        untilTold(() -> {
            app.drain(options.terminationDrain());
            app.close();
        });
    }

    private static void serveAgent(CommandLine line, Bootstrap bootstrap) throws InterruptedException {
        AgentApp app;
        try {
            app = AgentApp.start(bootstrap, line.socket().orElseThrow());
        } catch (IllegalArgumentException | IOException e) {
            throw fail("the agent cannot run: " + e.getMessage());
        }
        untilTold(app::close);
    }

    /** Waits for SIGTERM or SIGINT, and ends the process when {@code end} is done. */
    private static void untilTold(Ending end) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        Thread main = Thread.currentThread();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                end.run();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (IOException | RuntimeException e) {
                Logger log = LoggerFactory.getLogger(Main.class);
                log.warn("did not end in good order thread={} cause={}", main.getName(), e.toString());
            }
        }));
        never.await();
    }

    private static IllegalStateException fail(String message) {
        System.err.println(message);
        System.exit(WRONG_INPUT);
        return new IllegalStateException(message);
    }

    /** What is to be done at the end. */
    private interface Ending {
        void run() throws InterruptedException, IOException;
    }
}
