package dev.weft.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A sidecar as a process of its own, and what signals do to it. */
@Timeout(60)
final class EndSignalsTest {
    // Of a drain time of a minute five seconds are notice, which nothing shortens but a second signal.
    private static final Map<String, String> POD = Map.ofEntries(
            Map.entry("POD_NAME", "alone-1"),
            Map.entry("POD_NAMESPACE", "shop"),
            Map.entry("INSTANCE_IPS", "127.0.0.1"),
            Map.entry("SERVICE_ACCOUNT", "alone"),
            Map.entry("WEFT_CONTROL_ADDRESS", "127.0.0.1:1"),
            Map.entry("WEFT_DRAIN_SECONDS", "60"),
            Map.entry("WEFT_ADMIN_PORT", "0"),
            Map.entry("WEFT_AGENT_PORT", "0"),
            Map.entry("WEFT_HEALTH_PORT", "0"),
            Map.entry("WEFT_METRICS_PORT", "0"));
    private static final Duration AT_ONCE = Duration.ofSeconds(3);
    private static final Duration NOTICE = Duration.ofSeconds(5);
    private static final int KILLED_BY_TERM = 143;

    @TempDir
    private Path folder;

    private Process proxy;

    @AfterEach
    void end() {
        proxy.destroyForcibly();
    }

    @Test
    void firstSignalEndsInOrder() throws Exception {
        start();

        long told = System.nanoTime();
        proxy.toHandle().destroy();

        assertThat(proxy.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(proxy.exitValue()).isZero();
        assertThat(Duration.ofNanos(System.nanoTime() - told)).isGreaterThan(NOTICE.minusMillis(200));
    }

    @Test
    void secondSignalEndsAtOnce() throws Exception {
        BufferedReader log = start();
        proxy.toHandle().destroy();
        await(log, "leaving the mesh");

        proxy.toHandle().destroy();

        assertThat(proxy.waitFor(AT_ONCE.toMillis(), TimeUnit.MILLISECONDS)).isTrue();
        assertThat(proxy.exitValue()).isEqualTo(KILLED_BY_TERM);
    }

    private BufferedReader start() throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "dev.weft.proxy.Main",
                "sidecar"));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(POD);
        builder.environment()
                .put(
                        "WEFT_RESOLV_CONF",
                        Files.createFile(folder.resolve("resolv.conf")).toString());
        proxy = builder.start();
        BufferedReader log = proxy.inputReader();
        // The second try comes a while after the first, when main is waiting for signals.
        await(log, "no workload certificate");
        await(log, "no workload certificate");
        return log;
    }

    private static void await(BufferedReader log, String text) throws IOException {
        StringBuilder seen = new StringBuilder();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            if (line.contains(text)) {
                return;
            }
            seen.append(line).append('\n');
        }
        throw new AssertionError("it ended without \"" + text + "\":\n" + seen);
    }
}
