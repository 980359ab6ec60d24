package dev.weft.proxy;

import com.google.protobuf.ByteString;
import dev.weft.proxy.pod.PodBootstrap;
import dev.weft.proxy.pod.PodEnvironment;
import dev.weft.proxy.pod.PodProxy;
import dev.weft.proxy.pod.PodRole;
import dev.weft.proxy.telemetry.log.LogLevel;
import dev.weft.proxy.telemetry.log.LogProvider;
import dev.weft.xds.Decoded;
import dev.weft.xds.bootstrap.Bootstrap;
import dev.weft.xds.bootstrap.BootstrapFormat;
import dev.weft.xds.decode.BootstrapDecoder;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** {@code weft-proxy}: one proxy on an Envoy bootstrap or in a pod, or the agent of a foreign one. Exit code 2 means that the input was wrong. */
public final class Main {
    private static final int WRONG_INPUT = 2;
    private static final String LOG_LEVEL = "WEFT_LOG_LEVEL";

    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        CommandLine line;
        try {
            line = CommandLine.parse(args);
        } catch (IllegalArgumentException e) {
            fail(e.getMessage() + "\n\n" + CommandLine.USAGE);
            return;
        }
        try {
            // Before any class with a logger: the first one made binds the provider for good.
            LogProvider.install(line.logLevel().orElseGet(Main::logLevelOfEnvironment));
        } catch (IllegalArgumentException e) {
            throw fail(String.valueOf(e.getMessage()));
        }
        switch (line.mode()) {
            case HELP -> System.out.print(CommandLine.USAGE);
            case PRINT -> System.out.print(ModelText.of(read(line).bootstrap()));
            case RUN -> run(line, read(line));
            case AGENT -> serveAgent(line, read(line).bootstrap());
        }
    }

    private static LogLevel logLevelOfEnvironment() {
        String level = System.getenv(LOG_LEVEL);
        return level == null || level.isBlank() ? LogLevel.INFO : CommandLine.level(LOG_LEVEL, level.strip());
    }

    private static Read read(CommandLine line) {
        BootstrapDecoder decoder = new BootstrapDecoder(new OnDemandDescriptors());
        ProxyOptions options = ProxyOptions.defaults();
        Decoded<ByteString> wire;
        switch (line.source()) {
            case CommandLine.Source.Nowhere ignored -> throw new AssertionError("no bootstrap, but it is needed");
            case CommandLine.Source.File(Path file) -> wire = wire(file, decoder);
            case CommandLine.Source.Environment(PodRole role) -> {
                PodEnvironment environment = environment();
                wire = Decoded.of(PodBootstrap.message(environment, role));
                options = options.withPod(new PodProxy(environment, role));
            }
        }
        ProxyOptions chosen = line.concurrency().isPresent()
                ? options.withLoops(line.concurrency().getAsInt())
                : options;
        Decoded<Read> decoded = wire.then(message ->
                decoder.decode(message).map(bootstrap -> new Read(bootstrap, chosen.withBootstrap(message))));
        return switch (decoded) {
            case Decoded.Value<Read>(Read read) -> read;
            case Decoded.Rejected<Read> rejected ->
                throw fail("the " + line.source() + " cannot be used:\n" + rejected.message());
        };
    }

    private static Decoded<ByteString> wire(Path file, BootstrapDecoder decoder) {
        try {
            return decoder.wire(Files.readAllBytes(file), BootstrapFormat.of(file.toString()));
        } catch (IOException e) {
            throw fail("cannot read the bootstrap " + file + ": " + e);
        }
    }

    private static PodEnvironment environment() {
        Map<String, String> environment = System.getenv();
        Path folder = Path.of(environment.getOrDefault("WEFT_POD_INFO", "/etc/weft/pod"));
        try {
            return PodEnvironment.parse(
                    environment,
                    new PodEnvironment.Files(
                            text(folder.resolve("labels")),
                            text(folder.resolve("annotations")),
                            text(Path.of(environment.getOrDefault("WEFT_RESOLV_CONF", "/etc/resolv.conf")))));
        } catch (IllegalArgumentException e) {
            throw fail("the environment cannot be used: " + e.getMessage());
        }
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw fail("cannot read " + file + ": " + e);
        }
    }

    private static void run(CommandLine line, Read read) throws InterruptedException {
        ProxyOptions options = read.options().withQuit(() -> new Thread(() -> System.exit(0), "weft-quit").start());
        ProxyApp app;
        try {
            app = ProxyApp.start(read.bootstrap(), options);
        } catch (IllegalArgumentException e) {
            throw fail("the " + line.source() + " cannot be run: " + e.getMessage());
        }
        untilTold(() -> {
            app.leave();
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
        EndSignals.install();
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

    /** A bootstrap, and how a proxy runs on it. */
    private record Read(Bootstrap bootstrap, ProxyOptions options) {}

    /** What is to be done at the end. */
    private interface Ending {
        void run() throws InterruptedException, IOException;
    }
}
