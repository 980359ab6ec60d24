package dev.weft.control.serve;

import static org.assertj.core.api.Assertions.assertThat;

import dev.weft.control.ca.SettableClock;
import dev.weft.control.cache.ResourceType;
import dev.weft.control.cache.ViewCache;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.registry.Meshes;
import dev.weft.control.status.ProxyStatus;
import dev.weft.control.status.StatusBoard;
import dev.weft.control.telemetry.MetricsWindow;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StatusBoardTest {
    private static final ClientNode WEB = Meshes.node("shop", "web", Map.of());

    private final SettableClock clock = new SettableClock();
    private final AckTracker tracker = new AckTracker(clock);
    private final StatusBoard board = new StatusBoard(tracker, ViewCache.create(), new MetricsWindow(clock), clock);

    @BeforeEach
    void connect() {
        tracker.opened(WEB);
    }

    private ProxyStatus web() {
        assertThat(board.proxies()).hasSize(1);
        return board.proxies().getFirst();
    }

    private void send(String version) {
        tracker.sent(
                WEB,
                new Push(
                        ResourceType.ROUTE,
                        "1",
                        version,
                        com.google.common.collect.ImmutableList.of(),
                        com.google.common.collect.ImmutableList.of()));
    }

    @Test
    void callsAProxyPendingThenStaleUntilItAnswers() {
        send("v1");
        clock.pass(Duration.ofSeconds(9));
        assertThat(web().state()).isEqualTo("pending");

        clock.pass(Duration.ofSeconds(1));
        assertThat(web().state()).isEqualTo("stale");
        assertThat(web().ageSeconds()).isEqualTo(10);

        tracker.noted(WEB, new AdsEvent.Acked(ResourceType.ROUTE, "v1"));
        clock.pass(Duration.ofSeconds(3));
        assertThat(web().state()).isEqualTo("synced");
        assertThat(web().ageSeconds()).isNull();
        assertThat(web().lastAckSeconds()).isEqualTo(3);
    }

    @Test
    void callsAProxyRejectedUntilItTakesALaterVersion() {
        send("v1");
        tracker.noted(WEB, new AdsEvent.Rejected(ResourceType.ROUTE, "v1", "bad regex", Optional.of("9080")));
        assertThat(web().state()).isEqualTo("rejected");
        assertThat(web().lastError()).isEqualTo("bad regex");
        assertThat(web().errorResource()).isEqualTo("9080");
        assertThat(web().nacks()).isEqualTo(1);

        send("v2");
        assertThat(web().state()).isEqualTo("rejected");
        tracker.noted(WEB, new AdsEvent.Acked(ResourceType.ROUTE, "v2"));
        assertThat(web().state()).isEqualTo("synced");
        assertThat(web().nacks()).isEqualTo(1);
    }

    @Test
    void remembersAProxyThatLeftForAWhile() {
        tracker.noted(WEB, new AdsEvent.InSync(ResourceType.ROUTE, "v1"));
        tracker.opened(WEB);
        tracker.closed(WEB);
        assertThat(web().state()).as("one of two streams is open").isEqualTo("synced");

        tracker.closed(WEB);
        clock.pass(Duration.ofMinutes(9));
        assertThat(web().state()).isEqualTo("disconnected");
        clock.pass(Duration.ofMinutes(2));
        assertThat(board.proxies()).isEmpty();
    }
}
