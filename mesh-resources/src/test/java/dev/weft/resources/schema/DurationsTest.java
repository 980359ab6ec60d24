package dev.weft.resources.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @Test
    void readsWhatPeopleWrite() {
        assertThat(Durations.parse("1.5s")).contains(Duration.ofMillis(1500));
        assertThat(Durations.parse("1h")).contains(Duration.ofHours(1));
        assertThat(Durations.parse("1h30m5.25s")).contains(Duration.ofMillis(5_405_250));
        assertThat(Durations.parse("250ms")).contains(Duration.ofMillis(250));
        assertThat(Durations.parse("0.000001s")).contains(Duration.ofNanos(1000));
        assertThat(Durations.parse("0")).contains(Duration.ZERO);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "1", "s", "-1s", "1 s", "1s ", "1d", "1.s.", "99999999999h", "1s2"})
    void readsNothingElse(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @Test
    void guessesTheNameThatWasMeant() {
        ImmutableList<String> known = ImmutableList.of("timeout", "retries", "match", "http1MaxPendingRequests");

        assertThat(NearestName.find("timout", known)).contains("timeout");
        assertThat(NearestName.find("retreis", known)).contains("retries");
        assertThat(NearestName.find("http1maxpendingrequests", known)).contains("http1MaxPendingRequests");
        assertThat(NearestName.find("colour", known)).isEmpty();
    }
}
