package dev.weft.proxy.telemetry.log;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;

final class LoggersTest {
    private static final InstantSource NOON = InstantSource.fixed(Instant.parse("2026-11-21T12:00:00.007Z"));

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Loggers loggers = new Loggers(new LogOutput(out, NOON), LogLevel.INFO);

    @Test
    void writesTimeLevelLoggerAndMessage() {
        loggers.getLogger("dev.weft.proxy.xds.AdsClient").info("stream opened mode={} nodes={}", "DELTA", 3);
        loggers.getLogger("io.netty.X").error("broken");

        assertThat(text()).isEqualTo("""
                2026-11-21T12:00:00.007Z INFO  proxy.xds.AdsClient stream opened mode=DELTA nodes=3
                2026-11-21T12:00:00.007Z ERROR io.netty.X broken
                """);
    }

    @Test
    void letsNoMessageForgeALine() {
        loggers.getLogger("a").warn("refused cause={}", "x\n2026 INFO b all is well\u001b[2K\r");

        assertThat(text()).hasLineCount(1).contains("x\\n2026 INFO b all is well\\x1b[2K\\x0d");
    }

    @Test
    void writesTheTraceOfAFailureBehindItsLine() {
        loggers.getLogger("a").error("failed path={}", "/x", new IllegalStateException("no"));

        assertThat(text())
                .startsWith("2026-11-21T12:00:00.007Z ERROR a failed path=/x\njava.lang.IllegalStateException: no\n");
    }

    @Test
    void changesLevelsWhileItRuns() {
        Logger one = loggers.getLogger("a.one");
        Logger two = loggers.getLogger("a.two");
        Logger other = loggers.getLogger("ab");

        assertThat(loggers.level("a", LogLevel.DEBUG)).isEqualTo(2);
        assertThat(one.isDebugEnabled() && two.isDebugEnabled()).isTrue();
        assertThat(other.isDebugEnabled()).isFalse();

        loggers.level(LogLevel.OFF);
        one.error("not seen");
        assertThat(loggers.getLogger("new").isErrorEnabled()).isFalse();
        assertThat(text()).isEmpty();
        assertThat(loggers.levels()).containsEntry("a.one", LogLevel.OFF);
    }

    @Test
    void knowsEnvoysLevelNames() {
        assertThat(LogLevel.parse("warning")).hasValue(LogLevel.WARN);
        assertThat(LogLevel.parse("CRITICAL")).hasValue(LogLevel.ERROR);
        assertThat(LogLevel.parse("loud")).isEmpty();
    }

    @Test
    void makesNoObjectBelowItsLevel() {
        Logger logger = loggers.getLogger("quiet");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < 20_000; i++) {
            logger.debug("one={} two={}", "a", "b");
        }

        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 10_000; i++) {
            logger.debug("one={} two={}", "a", "b");
        }
        long bytes = threads.getCurrentThreadAllocatedBytes() - before;

        assertThat(bytes).isLessThan(10_000);
    }

    private String text() {
        return out.toString(StandardCharsets.UTF_8);
    }
}
