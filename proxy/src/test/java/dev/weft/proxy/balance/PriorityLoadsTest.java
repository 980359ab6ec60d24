package dev.weft.proxy.balance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.balance.Host.Availability;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PriorityLoadsTest {
    @Test
    void sevenOfTenHealthyHostsKeepNinetyEightPercent() {
        PriorityLoads loads = PriorityLoads.of(levels("7h3u", "10h"), 0);

        assertThat(text(loads, 2)).isEqualTo("98/0 2/0");
    }

    @Test
    void allGoesToTheFirstPriorityWhileItIsHealthyEnough() {
        assertThat(text(PriorityLoads.of(levels("8h2u", "10h"), 50), 2)).isEqualTo("100/0 0/0");
        assertThat(PriorityLoads.of(levels("8h2u", "10h"), 50).onlyChoice()).isZero();
    }

    @Test
    void scarceAvailabilityIsScaledUpAndTheRemainderGoesToTheFirstWithLoad() {
        // 140*1/7 = 20 % and 140*2/7 = 40 %, 60 together: 33 and 66, 1 left over
        PriorityLoads loads = PriorityLoads.of(levels("1h6u", "2h5u"), 0);

        assertThat(text(loads, 2)).isEqualTo("34/0 66/0");
    }

    @Test
    void degradedHostsComeBehindHealthyOnesOfAllPriorities() {
        // healthy 0 % and 70 %, degraded 70 % and 0 %
        PriorityLoads loads = PriorityLoads.of(levels("1d1u", "1h1u"), 0);

        assertThat(text(loads, 2)).isEqualTo("0/30 70/0");
        assertThat(loads.choose(70)).isEqualTo(2);
        assertThat(loads.choose(71)).isEqualTo(1);
    }

    @Test
    void aPriorityPanicsBelowTheThresholdOnlyWhereAllTogetherAreTooFew() {
        PriorityLoads enough = PriorityLoads.of(levels("1h9u", "10h"), 50);
        assertThat(enough.isInPanic(0)).isFalse();

        // 14 + 70 = 84 % in all: priority 0 has 10 % < 50 and panics, priority 1 has 50 % and does not
        PriorityLoads scarce = PriorityLoads.of(levels("1h9u", "5h5u"), 50);
        assertThat(scarce.isInPanic(0)).isTrue();
        assertThat(scarce.isInPanic(1)).isFalse();
    }

    @Test
    void totalPanicSharesByNumberOfHosts() {
        PriorityLoads loads = PriorityLoads.of(levels("2u", "4u"), 50);

        assertThat(text(loads, 2)).isEqualTo("34/0 66/0");
        assertThat(loads.isInPanic(0)).isTrue();
        assertThat(loads.isInPanic(1)).isTrue();
    }

    @Test
    void thresholdZeroNeverPanics() {
        PriorityLoads loads = PriorityLoads.of(levels("2u"), 0);

        assertThat(loads.isInPanic(0)).isFalse();
        assertThat(loads.choose(50)).isEqualTo(-1);
    }

    @Test
    void sharesAlwaysAddUpToOneHundred() {
        for (int h0 = 0; h0 <= 5; h0++) {
            for (int d0 = 0; d0 <= 3; d0++) {
                for (int h1 = 0; h1 <= 5; h1++) {
                    PriorityLoads loads = PriorityLoads.of(levels(h0 + "h" + d0 + "d3u", h1 + "h4u", "1d6u"), 40);
                    int sum = 0;
                    for (int i = 0; i < 3; i++) {
                        sum += loads.healthyLoad(i) + loads.degradedLoad(i);
                    }
                    assertThat(sum).isEqualTo(100);
                    assertThat(loads.choose(1)).isGreaterThanOrEqualTo(0);
                    assertThat(loads.choose(100)).isGreaterThanOrEqualTo(0);
                }
            }
        }
    }

    private static String text(PriorityLoads loads, int n) {
        List<String> parts = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            parts.add(loads.healthyLoad(i) + "/" + loads.degradedLoad(i));
        }
        return String.join(" ", parts);
    }

    /** {@code 2h1d3u}: two healthy, one degraded, three unavailable hosts of a priority. */
    private static HostSet<FakeHost> levels(String... levels) {
        List<HostSet.Group<FakeHost>> groups = new ArrayList<>();
        for (int i = 0; i < levels.length; i++) {
            ImmutableList.Builder<FakeHost> hosts = ImmutableList.builder();
            int number = 0;
            for (char c : levels[i].toCharArray()) {
                if (Character.isDigit(c)) {
                    number = number * 10 + c - '0';
                    continue;
                }
                Availability availability =
                        c == 'h' ? Availability.HEALTHY : c == 'd' ? Availability.DEGRADED : Availability.UNAVAILABLE;
                for (; number > 0; number--) {
                    hosts.add(new FakeHost("h").is(availability));
                }
            }
            groups.add(new HostSet.Group<>(i, 0, hosts.build()));
        }
        return HostSet.of(groups);
    }
}
