package dev.weft.control;

import dev.weft.control.ControlPlaneOptions.UsageException;
import dev.weft.control.ca.CaException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** The program {@code weft-control}. */
public final class Main {

    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private Main() {}

    public static void main(String[] arguments) throws InterruptedException {
        List<String> given = List.of(arguments);
        if (given.contains("--help") || given.contains("-h")) {
            System.out.print(ControlPlaneOptions.USAGE);
            return;
        }
        ControlPlaneApp app;
        try {
            app = ControlPlaneApp.start(
                    ControlPlaneOptions.parse(given, System.getenv()), System.getenv(), InstantSource.system());
        } catch (UsageException e) {
            exit(System.err, USAGE, e.getMessage() + "\n" + ControlPlaneOptions.USAGE);
            return;
        } catch (UncheckedIOException | CaException e) {
            exit(System.err, FAILED, e.getMessage() + cause(e));
            return;
        }
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().name("stop").unstarted(() -> {
            app.close();
            stopped.countDown();
        }));
        stopped.await();
    }

    private static String cause(RuntimeException failure) {
        Throwable cause = failure.getCause();
        String message = cause == null ? null : cause.getMessage();
        return message == null || String.valueOf(failure.getMessage()).contains(message) ? "" : ": " + message;
    }

    private static void exit(PrintStream err, int code, String message) {
        err.println("weft-control: " + message);
        System.exit(code);
    }
}
