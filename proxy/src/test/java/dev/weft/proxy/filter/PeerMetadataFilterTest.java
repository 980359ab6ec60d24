package dev.weft.proxy.filter;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableSortedMap;
import dev.weft.model.http.HttpFilter;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.PeerMetadata;
import dev.weft.proxy.telemetry.TestExchanges;
import dev.weft.proxy.telemetry.WorkloadMetadata;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Objects;
import org.junit.jupiter.api.Test;

final class PeerMetadataFilterTest {
    private static final WorkloadMetadata WEB =
            new WorkloadMetadata("sidecar~web", "web-1", "web", "shop", "east", ImmutableSortedMap.of("app", "web"));
    private static final WorkloadMetadata REVIEWS = new WorkloadMetadata(
            "sidecar~reviews",
            "reviews-1",
            "reviews-v1",
            "books",
            "west",
            ImmutableSortedMap.of("app", "reviews", "version", "v1"));
    private static final HeaderName METADATA = HeaderName.X_ENVOY_PEER_METADATA;
    private static final HeaderName ID = HeaderName.X_ENVOY_PEER_METADATA_ID;

    private final TestExchanges loop = new TestExchanges();

    @Test
    void aServerLearnsItsClientAndHidesTheHeadersFromTheApplication() {
        Exchange exchange = inbound();
        tell(exchange.request().headers(), REVIEWS);

        exchange.toUpstream().onRequestHead(true);

        PeerMetadata peer = Objects.requireNonNull(exchange.downstreamPeer());
        assertThat(peer.workload()).isEqualTo("reviews-v1");
        assertThat(peer.namespace()).isEqualTo("books");
        assertThat(peer.canonicalService()).isEqualTo("reviews");
        assertThat(peer.canonicalRevision()).isEqualTo("v1");
        assertThat(peer.cluster()).isEqualTo("west");
        assertThat(exchange.request().headers().contains(METADATA)).isFalse();
        assertThat(exchange.request().headers().contains(ID)).isFalse();
    }

    @Test
    void aServerAnswersOnlyAClientThatTold() {
        Exchange told = inbound();
        tell(told.request().headers(), REVIEWS);
        Exchange silent = inbound();
        for (Exchange exchange : new Exchange[] {told, silent}) {
            exchange.toUpstream().onRequestHead(true);
            exchange.response().status(200);
            exchange.toClient().onResponseHead(true);
        }

        assertThat(text(told.response().headers(), ID)).isEqualTo("sidecar~web");
        assertThat(told.response().headers().contains(METADATA)).isTrue();
        assertThat(silent.response().headers().contains(METADATA)).isFalse();
        assertThat(silent.response().headers().contains(ID)).isFalse();
    }

    @Test
    void aClientTellsAndLearnsFromTheResponse() {
        Exchange exchange = outbound();
        exchange.toUpstream().onRequestHead(true);
        assertThat(text(exchange.request().headers(), ID)).isEqualTo("sidecar~web");

        exchange.response().status(200);
        tell(exchange.response().headers(), REVIEWS);
        exchange.toClient().onResponseHead(true);

        assertThat(Objects.requireNonNull(exchange.upstreamPeer()).workload()).isEqualTo("reviews-v1");
        assertThat(exchange.response().headers().contains(METADATA)).isFalse();
        assertThat(exchange.response().headers().contains(ID)).isFalse();
    }

    @Test
    void whatTheEndpointIsKnownAsStaysWhereTheServerTellsNothing() {
        Exchange exchange = outbound();
        PeerMetadata known = new PeerMetadata("", "from-discovery", "", "", "", "", "", "");
        exchange.upstreamPeer(known);
        exchange.toUpstream().onRequestHead(true);

        exchange.response().status(200);
        exchange.toClient().onResponseHead(true);

        assertThat(exchange.upstreamPeer()).isSameAs(known);
    }

    @Test
    void aClientsOwnHeadersDoNotPassForOurs() {
        Exchange exchange = outbound();
        tell(exchange.request().headers(), REVIEWS);

        exchange.toUpstream().onRequestHead(true);

        assertThat(text(exchange.request().headers(), ID)).isEqualTo("sidecar~web");
        assertThat(text(exchange.request().headers(), METADATA))
                .isEqualTo(Base64.getEncoder().encodeToString(WEB.encode()));
    }

    @Test
    void nonsenseIsTakenAwayAndLeavesThePeerUnknown() {
        for (String value : new String[] {
            "not base64 !", "AAAA", "", Base64.getEncoder().encodeToString(new byte[] {10, 127}), "A".repeat(20_000)
        }) {
            Exchange exchange = inbound();
            exchange.request().headers().add(METADATA, value);
            exchange.request().headers().add(ID, "x");

            exchange.toUpstream().onRequestHead(true);

            PeerMetadata peer = exchange.downstreamPeer();
            assertThat(peer == null || peer.workload().isEmpty()).as(value).isTrue();
            assertThat(exchange.request().headers().contains(METADATA)).isFalse();
            assertThat(exchange.request().headers().contains(ID)).isFalse();
        }
    }

    @Test
    void anIdWithoutMetadataIsTakenAwayToo() {
        Exchange exchange = inbound();
        exchange.request().headers().add(ID, "x");

        exchange.toUpstream().onRequestHead(true);

        assertThat(exchange.request().headers().contains(ID)).isFalse();
    }

    @Test
    void remembersAPeerByItsBytes() {
        PeerCache cache = new PeerCache();
        byte[] header = Base64.getEncoder().encode(REVIEWS.encode());
        byte[] framed = new byte[header.length + 10];
        System.arraycopy(header, 0, framed, 7, header.length);

        PeerMetadata first = cache.find(header, 0, header.length);

        assertThat(first).isNotNull();
        assertThat(cache.find(framed, 7, header.length)).isSameAs(first);
    }

    @Test
    void forgetsPeersThatAreTooManyInsteadOfGrowing() {
        PeerCache cache = new PeerCache();
        byte[] known = Base64.getEncoder().encode(REVIEWS.encode());
        PeerMetadata first = cache.find(known, 0, known.length);
        for (int i = 0; i < 2_000; i++) {
            byte[] other = ("garbage" + i).getBytes(StandardCharsets.US_ASCII);
            assertThat(cache.find(other, 0, other.length)).isNull();
        }

        assertThat(cache.find(known, 0, known.length)).isEqualTo(first).isNotSameAs(first);
    }

    private Exchange inbound() {
        return loop.request(
                TestExchanges.inbound(null),
                x -> {},
                new PeerMetadataFilter(new HttpFilter.PeerMetadata("mx", true, false, true, false, false), WEB));
    }

    private Exchange outbound() {
        return loop.request(
                TestExchanges.outbound(),
                x -> {},
                new PeerMetadataFilter(new HttpFilter.PeerMetadata("mx", false, true, false, true, false), WEB));
    }

    private static void tell(Headers headers, WorkloadMetadata who) {
        headers.set(METADATA, Base64.getEncoder().encodeToString(who.encode()));
        headers.set(ID, who.nodeId());
    }

    private static String text(Headers headers, HeaderName name) {
        int entry = headers.find(name);
        return entry == Headers.NONE
                ? ""
                : new String(
                        headers.block(),
                        headers.valueStart(entry),
                        headers.valueLength(entry),
                        StandardCharsets.ISO_8859_1);
    }
}
