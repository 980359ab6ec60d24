package dev.weft.proxy.route;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.collect.ImmutableList;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.HeaderMutations.Append;
import dev.weft.model.route.HeaderMutations.HeaderEdit;
import dev.weft.proxy.exchange.ConnectionFacts;
import dev.weft.proxy.exchange.Exchange;
import dev.weft.proxy.exchange.FilterChain;
import dev.weft.proxy.exchange.HeaderName;
import dev.weft.proxy.exchange.Headers;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.exchange.RequestSink;
import dev.weft.proxy.exchange.ResponseSink;
import dev.weft.proxy.exchange.RouteDecision;
import dev.weft.proxy.exchange.Router;
import dev.weft.proxy.exchange.Ticker;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.DefaultEventLoop;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class HeaderEditsTest {
    private final DefaultEventLoop eventLoop = new DefaultEventLoop();
    private final Exchange exchange =
            new Loop(0, eventLoop, ByteBufAllocator.DEFAULT, Ticker.system(), new SplittableRandom(1)).exchange();

    HeaderEditsTest() {
        exchange.begin(
                new FilterChain(ImmutableList.of(), NOWHERE, x -> {}, 1),
                ConnectionFacts.builder(
                                new InetSocketAddress("10.1.2.3", 4000), new InetSocketAddress("10.0.0.9", 9080))
                        .build(),
                ResponseSink.IGNORE);
        exchange.request().method("GET");
        exchange.request().authority("a:9080");
        exchange.request().path("/p?q");
    }

    @AfterEach
    void stop() {
        eventLoop.shutdownGracefully();
    }

    @Test
    void appendActionsDoWhatTheyAreNamedFor() {
        exchange.request().headers().add(HeaderName.of("x-there"), "old");

        edit(
                request(edit("x-there", "1", Append.APPEND_IF_EXISTS_OR_ADD)),
                request(edit("x-there", "2", Append.ADD_IF_ABSENT), edit("x-new", "3", Append.ADD_IF_ABSENT)),
                request(
                        edit("x-set", "4", Append.OVERWRITE_IF_EXISTS_OR_ADD),
                        edit("x-new", "5", Append.OVERWRITE_IF_EXISTS),
                        edit("x-absent", "6", Append.OVERWRITE_IF_EXISTS)));

        assertThat(fields()).containsExactly("x-there: old", "x-there: 1", "x-set: 4", "x-new: 5");
    }

    @Test
    void removalsComeFirstInsideALevelOnly() {
        exchange.request().headers().add(HeaderName.of("x-a"), "old");

        edit(
                new HeaderMutations(
                        ImmutableList.of(edit("x-a", "new", Append.APPEND_IF_EXISTS_OR_ADD)),
                        ImmutableList.of("X-A"),
                        ImmutableList.of(),
                        ImmutableList.of()),
                new HeaderMutations(
                        ImmutableList.of(edit("x-b", "%REQ(x-a)%", Append.APPEND_IF_EXISTS_OR_ADD)),
                        ImmutableList.of("host", ":path"),
                        ImmutableList.of(),
                        ImmutableList.of()));

        assertThat(fields()).containsExactly("x-a: new", "x-b: new");
        assertThat(exchange.request().authority()).isEqualTo("a:9080");
    }

    @Test
    void lastOverwriteWinsAndAddedFieldsComeBehind() {
        edit(
                request(
                        edit("x-both", "dest", Append.APPEND_IF_EXISTS_OR_ADD),
                        edit("x-one", "dest", Append.OVERWRITE_IF_EXISTS_OR_ADD)),
                request(
                        edit("x-both", "route", Append.APPEND_IF_EXISTS_OR_ADD),
                        edit("x-one", "route", Append.OVERWRITE_IF_EXISTS_OR_ADD)));

        assertThat(fields()).containsExactly("x-both: dest", "x-one: route", "x-both: route");
    }

    @Test
    void valuesAreComputedFromTheExchange() {
        exchange.request().headers().add(HeaderName.of("x-in"), "in");

        edit(request(
                edit("x-down", "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%", Append.OVERWRITE_IF_EXISTS_OR_ADD),
                edit("x-req", "[%REQ(x-in)%]", Append.OVERWRITE_IF_EXISTS_OR_ADD),
                edit("x-pct", "100%%", Append.OVERWRITE_IF_EXISTS_OR_ADD),
                edit("x-none", "%REQ(x-absent)%", Append.OVERWRITE_IF_EXISTS_OR_ADD),
                edit("x-else", "%REQ(x-absent?x-in):1%", Append.OVERWRITE_IF_EXISTS_OR_ADD),
                edit("x-path", "%REQ(:path)%", Append.OVERWRITE_IF_EXISTS_OR_ADD)));

        assertThat(fields())
                .containsExactly(
                        "x-in: in", "x-down: 10.1.2.3", "x-req: [in]", "x-pct: 100%", "x-else: i", "x-path: /p?q");
    }

    @Test
    void pseudoHeadersAndHostChangeTheHead() {
        edit(request(
                edit(":authority", "auth.host", Append.OVERWRITE_IF_EXISTS_OR_ADD),
                edit(":path", "/other", Append.OVERWRITE_IF_EXISTS_OR_ADD)));
        assertThat(exchange.request().authority()).isEqualTo("auth.host");
        assertThat(exchange.request().path()).isEqualTo("/other");

        edit(request(edit("Host", "set.host", Append.OVERWRITE_IF_EXISTS_OR_ADD)));
        assertThat(exchange.request().authority()).isEqualTo("set.host");
        assertThat(fields()).isEmpty();
    }

    @Test
    void textBeyondAsciiTravelsAsUtf8() {
        edit(request(edit("x-u", "ü", Append.OVERWRITE_IF_EXISTS_OR_ADD)));

        assertThat(fields()).containsExactly("x-u: Ã¼");
    }

    @Test
    void unknownOperatorsAreNamed() {
        assertThatThrownBy(() -> HeaderEdits.ofRequest(
                        List.of(request(edit("x", "a %NOPE(1)% b", Append.APPEND_IF_EXISTS_OR_ADD)))))
                .hasMessageContaining("%NOPE(1)%");
        assertThatThrownBy(() -> ValueTemplate.parse("50% off")).hasMessageContaining("single %");
    }

    private void edit(HeaderMutations... levels) {
        HeaderEdits.ofRequest(List.of(levels)).applyToRequest(exchange);
    }

    private static HeaderMutations request(HeaderEdit... edits) {
        return new HeaderMutations(
                ImmutableList.copyOf(edits), ImmutableList.of(), ImmutableList.of(), ImmutableList.of());
    }

    private static HeaderEdit edit(String name, String value, Append append) {
        return new HeaderEdit(name, value, append);
    }

    private List<String> fields() {
        Headers headers = exchange.request().headers();
        List<String> fields = new ArrayList<>();
        for (int i = 0; i < headers.entries(); i++) {
            if (headers.isLive(i)) {
                fields.add(headers.nameText(i) + ": " + headers.valueText(i));
            }
        }
        return fields;
    }

    private static final Router NOWHERE = new Router() {
        @Override
        public RouteDecision route(Exchange asking) {
            return null;
        }

        @Override
        public RequestSink start(Exchange asking, boolean end) {
            return RequestSink.IGNORE;
        }
    };
}
