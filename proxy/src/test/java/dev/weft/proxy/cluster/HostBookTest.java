package dev.weft.proxy.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSortedMap;
import dev.weft.model.Locality;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.net.SocketAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;

class HostBookTest {
    private final HostBook book = new HostBook(endpoint -> new UpstreamHost(
            endpoint, new InetSocketAddress("127.0.0.1", ((SocketAddress.Inet) endpoint.address()).port()), 1));

    @Test
    void hostsKeepTheirIdentityByAddress() {
        ImmutableList<UpstreamHost> before =
                book.update(set(endpoint(1, 1), endpoint(2, 1))).hosts().hosts();
        before.get(0).requestStarted();

        HostBook.Update update = book.update(set(endpoint(3, 1), endpoint(1, 7)));

        assertThat(update.hosts().hosts().get(1)).isSameAs(before.get(0));
        assertThat(update.hosts().hosts().get(1).activeRequests()).isEqualTo(1);
        assertThat(update.hosts().hosts().get(1).weight()).isEqualTo(7);
        assertThat(update.removed()).containsExactly(before.get(1));
        assertThat(before.get(1).isRemoved()).isTrue();
        assertThat(before.get(0).isRemoved()).isFalse();
        assertThat(book.changes()).isEqualTo(2);
    }

    @Test
    void anEqualSetIsNoChange() {
        book.update(set(endpoint(1, 1)));

        HostBook.Update update = book.update(set(endpoint(1, 1)));

        assertThat(update.removed()).isEmpty();
        assertThat(book.changes()).isEqualTo(1);
    }

    @Test
    void anAddressThatStandsTwiceIsOneHost() {
        HostBook.Update update = book.update(set(endpoint(1, 1), endpoint(1, 5)));

        assertThat(update.hosts().hosts()).hasSize(2);
        assertThat(update.hosts().hosts().get(0))
                .isSameAs(update.hosts().hosts().get(1));
        assertThat(update.hosts().hosts().get(0).weight()).isEqualTo(5);
    }

    @Test
    void ejectedAndDrainingHostsAreUnavailable() {
        UpstreamHost host = book.update(set(endpoint(1, 1))).hosts().hosts().getFirst();
        assertThat(book.hostSet().healthy()).isEqualTo(1);

        host.ejected(true);

        assertThat(book.hostSet().healthy()).isZero();
    }

    private static Endpoint endpoint(int port, int weight) {
        return new Endpoint(
                new SocketAddress.Inet("127.0.0.1", port),
                "",
                Endpoint.Health.UNKNOWN,
                weight,
                ImmutableSortedMap.of(),
                Endpoint.Workload.UNKNOWN);
    }

    private static EndpointSet set(Endpoint... endpoints) {
        return new EndpointSet(
                "s",
                ImmutableList.of(
                        new EndpointSet.LocalityEndpoints(Locality.UNKNOWN, 0, 0, ImmutableList.copyOf(endpoints))));
    }
}
