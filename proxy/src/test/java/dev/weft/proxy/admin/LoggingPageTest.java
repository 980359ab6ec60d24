package dev.weft.proxy.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.proxy.telemetry.log.LogProvider;
import dev.weft.proxy.telemetry.log.Loggers;
import org.junit.jupiter.api.Test;

final class LoggingPageTest {
    private final Loggers loggers = (Loggers) new LogProvider().getLoggerFactory();

    @Test
    void setsAllLevelsOrThoseOfSomeLoggers() {
        loggers.getLogger("a.b");
        loggers.getLogger("c");

        assertThat(post("/logging?level=warning").body())
                .contains("  a.b: warn\n")
                .contains("  c: warn\n");
        assertThat(post("/logging?paths=a:debug,c:off").body())
                .contains("  a.b: debug\n")
                .contains("  c: off\n");
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        loggers.getLogger("a");

        assertThat(post("/logging?level=loud").status()).isEqualTo(400);
        assertThat(post("/logging?paths=a").status()).isEqualTo(400);
        assertThat(post("/logging?paths=b:info").status()).isEqualTo(404);
        assertThat(LoggingPage.answer(AdminRequest.of("GET", "/logging?level=debug"), loggers)
                        .status())
                .isEqualTo(405);
    }

    private Answer post(String target) {
        return LoggingPage.answer(AdminRequest.of("POST", target), loggers);
    }
}
