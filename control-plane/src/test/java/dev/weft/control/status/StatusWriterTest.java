package dev.weft.control.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.control.Await;
import dev.weft.control.source.ObjectStatus;
import dev.weft.control.source.StatusCondition;
import dev.weft.control.source.StatusSink;
import dev.weft.control.source.StatusTarget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StatusWriterTest {
    private static final StatusWriter.Times QUICK =
            new StatusWriter.Times(Duration.ZERO, Duration.ofSeconds(60), Duration.ofMillis(1));

    private final List<ObjectStatus> written = new CopyOnWriteArrayList<>();
    private final Queue<StatusSink.Written> outcomes = new ConcurrentLinkedQueue<>();
    private final List<StatusWriter> all = new ArrayList<>();
    private volatile boolean leads = true;
    private volatile long skipped;

    @AfterEach
    void stop() {
        all.forEach(StatusWriter::close);
    }

    private StatusWriter writer() {
        StatusWriter writer = new StatusWriter(
                status -> {
                    written.add(status);
                    StatusSink.Written outcome = outcomes.poll();
                    return outcome == null ? StatusSink.Written.CHANGED : outcome;
                },
                () -> leads,
                QUICK,
                () -> System.nanoTime() + skipped);
        all.add(writer);
        writer.start();
        return writer;
    }

    private static ObjectStatus status(String name, StatusCondition.State state, String message) {
        return new ObjectStatus.Validated(
                new StatusTarget("networking.istio.io/v1", "VirtualService", "shop", name, 1),
                ImmutableList.of(new StatusCondition("Reconciled", state, "Why", message)),
                ImmutableList.of());
    }

    private static ObjectStatus good(String name, String message) {
        return status(name, StatusCondition.State.TRUE, message);
    }

    @Test
    void writesEachChangeOnce() throws Exception {
        StatusWriter writer = writer();
        ObjectStatus one = good("one", "");
        ObjectStatus two = good("two", "");

        writer.publish("test", List.of(one, two));
        Await.until(written::toString, () -> written.size() == 2);
        ObjectStatus bad = status("two", StatusCondition.State.FALSE, "");
        writer.publish("test", List.of(one, bad));
        Await.until(written::toString, () -> written.size() == 3);

        assertThat(written).containsExactly(one, two, bad);
    }

    @Test
    void writesNothingUntilItLeadsAndEverythingThen() throws Exception {
        leads = false;
        StatusWriter writer = writer();
        ObjectStatus one = good("one", "");
        writer.publish("test", List.of(one));
        assertThat(written).isEmpty();

        leads = true;
        writer.elected();
        Await.until(written::toString, () -> written.equals(List.of(one)));

        writer.elected();
        Await.until(written::toString, () -> written.equals(List.of(one, one)));
    }

    @Test
    void triesAgainWhatSomebodyElseWasFasterWith() throws Exception {
        outcomes.addAll(List.of(StatusSink.Written.LATER, StatusSink.Written.LATER));
        ObjectStatus one = good("one", "");

        writer().publish("test", List.of(one));

        Await.until(written::toString, () -> written.size() == 3);
    }

    @Test
    void letsAChangeOfWordsWait() throws Exception {
        StatusWriter writer = writer();
        writer.publish("test", List.of(good("one", "1/1 proxies")));
        Await.until(written::toString, () -> written.size() == 1);

        writer.publish("test", List.of(good("one", "2/2 proxies")));
        writer.publish("test", List.of(good("one", "3/3 proxies"), good("two", "")));
        Await.until(written::toString, () -> written.contains(good("two", "")));
        assertThat(written).hasSize(2);

        skipped = Duration.ofMinutes(1).toNanos();
        writer.publish("test", List.of(good("one", "3/3 proxies"), good("two", "")));
        Await.until(written::toString, () -> written.contains(good("one", "3/3 proxies")));
        assertThat(written).hasSize(3);
    }

    @Test
    void takesItsEntriesFromARouteThatNobodyDecidesAbout() throws Exception {
        StatusWriter writer = writer();
        StatusTarget target = new StatusTarget("gateway.networking.k8s.io/v1", "HTTPRoute", "shop", "one", 1);
        ObjectStatus.ParentRef parent = new ObjectStatus.ParentRef(
                Optional.empty(), Optional.empty(), Optional.empty(), "gate", Optional.empty(), OptionalInt.empty());
        ObjectStatus route = new ObjectStatus.Route(
                target,
                ImmutableList.of(new ObjectStatus.Parent(
                        parent, ImmutableList.of(StatusCondition.holds("Accepted", "Accepted", "")))));
        writer.publish("gateway-api", List.of(route));
        Await.until(written::toString, () -> written.size() == 1);

        writer.publish("gateway-api", List.of());
        writer.publish("gateway-api", List.of());

        Await.until(
                written::toString,
                () -> written.equals(List.of(route, new ObjectStatus.Route(target, ImmutableList.of()))));
    }
}
