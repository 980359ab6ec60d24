package dev.weft.proxy.filter;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.model.http.HttpFilter.AlpnOverride;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.HttpProtocol;
import dev.weft.proxy.telemetry.TestExchanges;
import org.junit.jupiter.api.Test;

final class AlpnFilterTest {
    private static final AlpnOverride ISTIO = new AlpnOverride(
            "istio.alpn",
            ImmutableList.of("istio-http/1.0", "istio"),
            ImmutableList.of("istio-http/1.1", "istio"),
            ImmutableList.of("istio-h2", "istio"));

    private final TestExchanges loop = new TestExchanges();

    @Test
    void offersWhatTheUpstreamConnectionSpeaksWhateverTheClientDoes() {
        assertThat(offered(ISTIO, HttpProtocol.HTTP_1_0)).containsExactly("istio-http/1.0", "istio");
        assertThat(offered(ISTIO, HttpProtocol.HTTP_1_1)).containsExactly("istio-http/1.1", "istio");
        assertThat(offered(ISTIO, HttpProtocol.HTTP_2)).containsExactly("istio-h2", "istio");
    }

    @Test
    void handsOverTheSameListEachTimeSinceItIsPartOfAPoolsKey() {
        AlpnFilter filter = new AlpnFilter(ISTIO);
        Exchange one = loop.request(TestExchanges.outbound(), x -> {});
        Exchange two = loop.request(TestExchanges.outbound(), x -> {});

        filter.onRequestHead(one, true);
        filter.onRequestHead(two, true);

        assertThat(one.upstreamAlpn()).isSameAs(two.upstreamAlpn());
    }

    @Test
    void leavesTheClustersListWhereItHasNone() {
        AlpnOverride none = new AlpnOverride("a", ImmutableList.of(), ImmutableList.of(), ImmutableList.of());

        assertThat(offered(none, HttpProtocol.HTTP_1_1)).isEmpty();
    }

    private ImmutableList<String> offered(AlpnOverride config, HttpProtocol upstream) {
        Exchange exchange = loop.request(TestExchanges.outbound(), x -> {}, new AlpnFilter(config));
        exchange.request().protocol(HttpProtocol.HTTP_1_1);
        exchange.toUpstream().onRequestHead(true);
        return exchange.upstreamAlpn().on(upstream);
    }
}
