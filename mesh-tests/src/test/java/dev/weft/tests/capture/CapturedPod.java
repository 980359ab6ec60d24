package dev.weft.tests.capture;

import dev.weft.tests.mesh.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A namespace as a pod is one: an application, and beside it a proxy as user 1337 behind the rules of weft-capture. Used by one test
 * thread; ends its processes.
 */
final class CapturedPod implements AutoCloseable {
    static final long PROXY_USER = 1337;
    static final long APPLICATION_USER = 1000;
    private static final Duration START = Duration.ofSeconds(20);

    private final Namespace namespace;
    private final List<Process> processes = new ArrayList<>();
    private final StringBuffer output = new StringBuffer();
    private final ProbeProcess application;

    CapturedPod(Namespace namespace) {
        this.namespace = namespace;
        this.application = ProbeProcess.start(namespace, APPLICATION_USER);
    }

    ProbeProcess application() {
        return application;
    }

    Namespace namespace() {
        return namespace;
    }

    /** Runs weft-capture in the pod. */
    CaptureTools.Ran capture(String line) {
        List<String> words = List.of(line.split(" "));
        return CaptureTools.run(
                namespace.inside(CaptureTools.java("dev.weft.proxy.capture.Main", words.toArray(String[]::new))), "");
    }

    /** The same, where it must succeed. */
    String mustCapture(String line) {
        CaptureTools.Ran ran = capture(line);
        if (ran.exit() != 0) {
            throw new AssertionError("weft-capture " + line + " (" + ran.exit() + "): " + ran.output());
        }
        return ran.output();
    }

    /** Ends the proxy that runs, if any, and starts one with this configuration. */
    void restartProxy(Path bootstrap) {
        stopProxy();
        startProxy(bootstrap);
    }

    void stopProxy() {
        processes.forEach(CapturedPod::end);
        processes.clear();
    }

    /** Starts a proxy, and waits until it serves. */
    void startProxy(Path bootstrap) {
        // It reads this project's jars, which root may have for itself; under TPROXY it needs NET_ADMIN.
        List<String> command = namespace.inside(
                PROXY_USER,
                "+net_admin,+dac_read_search",
                CaptureTools.java("dev.weft.proxy.Main", "-c", bootstrap.toString()));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            processes.add(process);
            Thread.ofVirtual().start(() -> read(process));
            Await.until(
                    START, () -> !process.isAlive() || adminAnswers(), () -> "the proxy does not serve: " + output());
            if (!process.isAlive()) {
                throw new AssertionError("the proxy ended: " + output());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean adminAnswers() {
        return application.run("get 127.0.0.1 15000 /ready").contains("200 OK");
    }

    private void read(Process process) {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.append(line).append('\n');
            }
        } catch (IOException e) {
            output.append(e).append('\n');
        }
    }

    /** What the proxy printed, access log lines among it. */
    String output() {
        return output.toString();
    }

    /** Connections that the proxy has taken on this port so far, of both families. */
    long taken(int port) {
        String stats = application.must("get 127.0.0.1 15000 /stats?filter=downstream_cx_total");
        long all = 0;
        for (String line : stats.split("\\|")) {
            if (line.startsWith("listener.") && line.contains("_" + port + ".downstream_cx_total: ")) {
                all += Long.parseLong(line.substring(line.lastIndexOf(' ') + 1).strip());
            }
        }
        return all;
    }

    @Override
    public void close() {
        application.close();
        processes.forEach(CapturedPod::end);
        namespace.close();
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
