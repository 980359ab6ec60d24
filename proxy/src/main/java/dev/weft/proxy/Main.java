package dev.weft.proxy;

import com.google.protobuf.ByteString;
import dev.weft.proxy.telemetry.log.LogProvider;
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
        // Before any class with a logger: the first one made binds the provider for good.
        LogProvider.install(line.logLevel());
        switch (line.mode()) {
            case HELP -> System.out.print(CommandLine.USAGE);
            case PRINT -> System.out.print(ModelText.of(read(line.bootstrap()).bootstrap()));
            case RUN -> run(line, read(line.bootstrap()));
            case AGENT -> serveAgent(line, read(line.bootstrap()).bootstrap());
        }
    }

    private static Read read(Path file) {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (IOException e) {
            throw fail("cannot read the bootstrap " + file + ": " + e);
        }
        BootstrapDecoder decoder = new BootstrapDecoder(new OnDemandDescriptors());
        Decoded<Read> decoded = decoder.wire(content, BootstrapFormat.of(file.toString()))
                .then(message -> decoder.decode(message).map(bootstrap -> new Read(bootstrap, message)));
        return switch (decoded) {
            case Decoded.Value<Read>(Read read) -> read;
            case Decoded.Rejected<Read> rejected ->
                throw fail("the bootstrap " + file + " cannot be used:\n" + rejected.message());
        };
    }

    private static void run(CommandLine line, Read read) throws InterruptedException {
        ProxyOptions defaults = ProxyOptions.defaults()
                .withBootstrap(read.message())
                .withQuit(() -> new Thread(() -> System.exit(0), "weft-quit").start());
        ProxyOptions options = line.concurrency().isPresent()
                ? defaults.withLoops(line.concurrency().getAsInt())
                : defaults;
        ProxyApp app;
        try {
            app = ProxyApp.start(read.bootstrap(), options);
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

    /** A bootstrap, and the message that it was read from. */
    private record Read(Bootstrap bootstrap, ByteString message) {}

    /** What is to be done at the end. */
    private interface Ending {
        void run() throws InterruptedException, IOException;
    }
}
