package dev.weft.proxy.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FilterWalkTest {
    private static final int ALL = 127;

    private final List<String> log = new ArrayList<>();
    private final Loop loop = new Loop(
            0, new EmbeddedChannel().eventLoop(), UnpooledByteBufAllocator.DEFAULT, Ticker.system(), new Random(1));
    private final Exchange exchange = loop.exchange();
    private final Client client = new Client();
    private int credit;

    @Test
    void showsRequestsInOrderAndResponsesInReverse() {
        begin(new Recorder("a", ALL), new Recorder("b", ALL));

        exchange.toUpstream().onRequestHead(false);
        exchange.toUpstream().onRequestData(data("x"), false);
        exchange.toUpstream().onRequestTrailers();
        exchange.response().status(200);
        exchange.toClient().onResponseHead(false);
        exchange.toClient().onResponseData(data("y"), true);

        assertThat(log)
                .containsExactly(
                        "a head",
                        "b head",
                        "up head",
                        "a x",
                        "b x",
                        "up x",
                        "a trailers",
                        "b trailers",
                        "up trailers",
                        "b response",
                        "a response",
                        "client 200",
                        "b y",
                        "a y",
                        "client y end");
    }

    @Test
    void callsAFilterOnlyInItsPhases() {
        begin(new Recorder("a", HttpFilter.RESPONSE_HEAD), new Recorder("b", HttpFilter.REQUEST_HEAD));

        exchange.toUpstream().onRequestHead(false);
        exchange.toUpstream().onRequestData(data("x"), true);

        assertThat(log).containsExactly("b head", "up head", "up x end");
    }

    @Test
    void keepsBehindAHoldingFilterWithoutGivingCredit() {
        Recorder holder = new Recorder("a", HttpFilter.REQUEST_HEAD);
        holder.stopsHead = true;
        begin(holder, new Recorder("b", ALL));
        exchange.toUpstream().onRequestHead(false);
        exchange.toUpstream().onRequestData(data("x"), false);
        exchange.toUpstream().onRequestData(data("y"), true);
        assertThat(log).containsExactly("a head");
        assertThat(credit).isZero();

        holder.resume(exchange);

        assertThat(log).containsExactly("a head", "b head", "up head", "b x", "up x", "b y", "up y end");
        exchange.toClient().onRequestConsumed(2);
        assertThat(credit).isEqualTo(2);
    }

    @Test
    void showsTheWholeBodyToAFilterThatCollectsIt() {
        Recorder collector = new Recorder("a", ALL);
        collector.stopsHead = true;
        collector.stopsDataUntilEnd = true;
        begin(new Recorder("z", ALL), collector, new Recorder("b", ALL));
        exchange.toUpstream().onRequestHead(false);
        exchange.toUpstream().onRequestData(data("xx"), false);
        assertThat(credit).as("the source may go on").isEqualTo(2);

        exchange.toUpstream().onRequestData(data("y"), true);

        assertThat(log)
                .containsExactly(
                        "z head",
                        "a head",
                        "z xx",
                        "a xx",
                        "z y",
                        "a y",
                        "b head",
                        "up head",
                        "b xx",
                        "up xx",
                        "b y",
                        "up y end");
        exchange.toClient().onRequestConsumed(3);
        assertThat(credit).as("given once, not twice").isEqualTo(3);
    }

    @Test
    void refusesWhatACollectingFilterCannotHold() {
        Recorder collector = new Recorder("a", ALL);
        collector.stopsHead = true;
        collector.stopsDataUntilEnd = true;
        begin(collector);
        exchange.toUpstream().onRequestHead(false);

        exchange.toUpstream().onRequestData(data("x".repeat(65)), false);

        assertThat(exchange.failure()).isEqualTo(FailureReason.REQUEST_TOO_LARGE);
        assertThat(log).contains("client 413", "client Payload Too Large end");
    }

    @Test
    void letsTwoFiltersHoldAtOnce() {
        Recorder first = new Recorder("a", ALL);
        Recorder second = new Recorder("b", ALL);
        first.stopsHead = true;
        second.stopsHead = true;
        second.stopsDataUntilEnd = true;
        begin(first, second);
        exchange.toUpstream().onRequestHead(false);
        first.resume(exchange);
        exchange.toUpstream().onRequestData(data("x"), false);
        exchange.toUpstream().onRequestData(data("y"), true);

        assertThat(log).containsExactly("a head", "b head", "a x", "b x", "a y", "b y", "up head", "up x", "up y end");
    }

    @Test
    void answersThroughTheResponseFiltersAndStopsTheRequest() {
        Recorder denier = new Recorder("b", ALL);
        denier.answers = FailureReason.RBAC_DENIED;
        begin(new Recorder("a", ALL), denier, new Recorder("c", ALL));

        exchange.toUpstream().onRequestHead(false);
        exchange.toUpstream().onRequestData(data("x"), true);

        assertThat(log)
                .containsExactly(
                        "a head",
                        "b head",
                        "c response",
                        "b response",
                        "a response",
                        "client 403",
                        "c RBAC: access denied",
                        "b RBAC: access denied",
                        "a RBAC: access denied",
                        "client RBAC: access denied end");
        assertThat(exchange.details()).isEqualTo("rbac_access_denied_matched_policy[none]");
        assertThat(credit).as("dropped bytes are credited").isEqualTo(1);
    }

    @Test
    void answersGrpcRequestsInTheHead() {
        begin();
        exchange.request().headers().add(HeaderName.CONTENT_TYPE, "application/grpc+proto");

        LocalReply.of(FailureReason.NO_HEALTHY_HOST).body("no h\u00f6st 100%").send(exchange);

        assertThat(log).containsExactly("client 200 end");
        assertThat(exchange.response().headers().text(HeaderName.GRPC_STATUS)).isEqualTo("14");
        assertThat(exchange.response().headers().text(HeaderName.GRPC_MESSAGE)).isEqualTo("no h%C3%B6st 100%25");
        assertThat(ResponseFlag.codes(exchange.flags())).isEqualTo("UH");
    }

    @Test
    void breaksAResponseOffThatHasBegun() {
        begin();
        exchange.toUpstream().onRequestHead(true);
        exchange.response().status(200);
        exchange.toClient().onResponseHead(false);

        exchange.answer(FailureReason.UPSTREAM_CLOSED);

        assertThat(log)
                .containsExactly("up head", "client 200", "up reset upstream-closed", "client reset upstream-closed");
        assertThat(exchange.details()).isEqualTo("upstream_reset_after_response_started{connection_termination}");
    }

    @Test
    void cancelsTheUpstreamWhenTheClientGoes() {
        begin();
        exchange.toUpstream().onRequestHead(true);

        exchange.toUpstream().onRequestReset(FailureReason.DOWNSTREAM_CLOSED);
        exchange.complete();
        exchange.complete();

        assertThat(log).containsExactly("up head", "up reset downstream-closed", "done");
        assertThat(ResponseFlag.codes(exchange.flags())).isEqualTo("DC");
    }

    @Test
    void tellsAgedCallbacksThatTheirExchangeIsOver() {
        begin();
        long generation = exchange.generation();
        assertThat(exchange.isCurrent(generation)).isTrue();

        exchange.complete();
        assertThat(exchange.isCurrent(generation)).isFalse();
        loop.recycle(exchange);
        loop.endBatch();

        assertThat(loop.exchange()).isSameAs(exchange);
        assertThat(exchange.isCurrent(generation)).isFalse();
    }

    private void begin(HttpFilter... filters) {
        FilterChain chain = new FilterChain(ImmutableList.copyOf(filters), new Upstream(), done -> log.add("done"), 64);
        exchange.begin(
                chain,
                ConnectionFacts.builder(new InetSocketAddress("127.0.0.1", 1), new InetSocketAddress("127.0.0.1", 2))
                        .build(),
                client);
    }

    private static ByteBuf data(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private static String text(ByteBuf data) {
        return data.toString(StandardCharsets.US_ASCII);
    }

    private final class Recorder extends HttpFilter {
        boolean stopsHead;
        boolean stopsDataUntilEnd;

        @Nullable
        FailureReason answers;

        Recorder(String name, int phases) {
            super(name, phases);
        }

        void resume(Exchange of) {
            resumeRequest(of);
        }

        @Override
        public FilterAction onRequestHead(Exchange of, boolean end) {
            log.add(name() + " head");
            if (answers != null) {
                of.answer(answers);
                return FilterAction.ANSWERED;
            }
            return stopsHead ? FilterAction.STOP : FilterAction.CONTINUE;
        }

        @Override
        public FilterAction onRequestData(Exchange of, ByteBuf data, boolean end) {
            log.add(name() + " " + text(data));
            return stopsDataUntilEnd && !end ? FilterAction.STOP : FilterAction.CONTINUE;
        }

        @Override
        public FilterAction onRequestTrailers(Exchange of) {
            log.add(name() + " trailers");
            return FilterAction.CONTINUE;
        }

        @Override
        public FilterAction onResponseHead(Exchange of, boolean end) {
            log.add(name() + " response");
            return FilterAction.CONTINUE;
        }

        @Override
        public FilterAction onResponseData(Exchange of, ByteBuf data, boolean end) {
            log.add(name() + " " + text(data));
            return FilterAction.CONTINUE;
        }
    }

    private final class Upstream implements Router, RequestSink {
        @Override
        public @Nullable RouteDecision route(Exchange of) {
            return null;
        }

        @Override
        public RequestSink start(Exchange of, boolean end) {
            log.add("up head");
            return this;
        }

        @Override
        public void onRequestData(ByteBuf data, boolean end) {
            log.add("up " + text(data) + (end ? " end" : ""));
            data.release();
        }

        @Override
        public void onRequestTrailers() {
            log.add("up trailers");
        }

        @Override
        public void onResponseConsumed(int bytes) {
            log.add("up credit " + bytes);
        }

        @Override
        public void onRequestReset(FailureReason reason) {
            log.add("up reset " + reason.code());
        }
    }

    private final class Client implements ResponseSink {
        @Override
        public void onInformational() {
            log.add("client 1xx");
        }

        @Override
        public void onResponseHead(boolean end) {
            log.add("client " + exchange.response().status() + (end ? " end" : ""));
        }

        @Override
        public void onResponseData(ByteBuf data, boolean end) {
            log.add("client " + text(data) + (end ? " end" : ""));
            data.release();
        }

        @Override
        public void onResponseTrailers() {
            log.add("client trailers");
        }

        @Override
        public void onResponseReset(FailureReason reason) {
            log.add("client reset " + reason.code());
        }

        @Override
        public void onRequestConsumed(int bytes) {
            credit += bytes;
        }
    }
}
