package dev.weft.proxy.route;

import static dev.weft.proxy.route.RouterHarness.cluster;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.google.common.collect.ImmutableList;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.route.Forward;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.HeaderMutations.Append;
import dev.weft.model.route.HeaderMutations.HeaderEdit;
import dev.weft.model.route.PathMatch;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteAction;
import dev.weft.model.route.RouteMatch;
import dev.weft.proxy.route.RouterHarness.Reply;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an Istio mesh was seen to do with such routes. */
class ActionsTest {
    private final ScriptedBackend one = new ScriptedBackend();
    private final ScriptedBackend two = new ScriptedBackend();
    private final RouterHarness harness = new RouterHarness()
            .with(
                    cluster("v1", CircuitBreakers.UNLIMITED, one.port()),
                    cluster("v2", CircuitBreakers.UNLIMITED, two.port()),
                    cluster("none", CircuitBreakers.UNLIMITED));

    @AfterEach
    void close() {
        harness.close();
        one.close();
        two.close();
    }

    @Test
    void rewriteKeepsTheQueryAndRemembersThePath() {
        harness.routes(
                rewrite("/rwre", new Forward.Rewrite(Optional.of(new Forward.PrefixRewrite("/re")), Optional.empty())));

        harness.get("/rwre?q=1");

        assertThat(one.received.getFirst().line()).isEqualTo("GET /re?q=1 HTTP/1.1");
        assertThat(one.received.getFirst().header("x-envoy-original-path")).isEqualTo("/rwre?q=1");
    }

    @Test
    void hostRewriteRemembersTheHost() {
        harness.routes(
                rewrite("/", new Forward.Rewrite(Optional.empty(), Optional.of(new Forward.LiteralHost("new.host")))));

        harness.get("/rwauth");

        assertThat(one.received.getFirst().header("host")).isEqualTo("new.host");
        assertThat(one.received.getFirst().header("x-envoy-original-host")).isEqualTo("a:9080");
    }

    @Test
    void redirectHasNoBody() {
        harness.routes(Route.of(
                "r",
                RouteMatch.ANY,
                new RouteAction.Redirect(
                        308,
                        Optional.of("other.host"),
                        OptionalInt.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        false)));

        Reply reply = harness.get("/redir-auth?x");

        assertThat(reply.status()).isEqualTo(308);
        assertThat(reply.header("location")).isEqualTo("http://other.host/redir-auth?x");
        assertThat(reply.body()).isEmpty();
        assertThat(reply.header("content-type")).isEmpty();
        assertThat(reply.details()).isEqualTo("direct_response");
    }

    @Test
    void directResponses() {
        harness.routes(
                direct("/text", 503, Optional.of(new RouteAction.Text("sorry")), HeaderMutations.NONE),
                direct("/bytes", 200, Optional.of(new RouteAction.Bytes("he\u00ff")), HeaderMutations.NONE),
                direct("/none", 404, Optional.empty(), HeaderMutations.NONE),
                direct("/typed-empty", 200, Optional.empty(), response("content-type", "application/json", "x-d", "1")),
                direct(
                        "/typed",
                        200,
                        Optional.of(new RouteAction.Text("{}")),
                        response("content-type", "application/json")));

        Reply text = harness.get("/text");
        Reply bytes = harness.get("/bytes");
        Reply none = harness.get("/none");
        Reply typedEmpty = harness.get("/typed-empty");
        Reply typed = harness.get("/typed");

        assertThat(text.status()).isEqualTo(503);
        assertThat(text.body()).isEqualTo("sorry");
        assertThat(text.header("content-type")).isEqualTo("text/plain");
        assertThat(text.header("content-length")).isEqualTo("5");
        assertThat(bytes.body()).isEqualTo("he\u00ff");
        assertThat(none.status()).isEqualTo(404);
        assertThat(none.body()).isEmpty();
        assertThat(none.flags()).isEqualTo("-");
        assertThat(typedEmpty.header("x-d")).isEqualTo("1");
        assertThat(typedEmpty.header("content-type")).isEmpty();
        assertThat(typed.header("content-type")).isEqualTo("application/json");
    }

    @Test
    void headersAreEditedBothWays() {
        HeaderMutations mutations = new HeaderMutations(
                ImmutableList.of(
                        new HeaderEdit("x-set", "s", Append.OVERWRITE_IF_EXISTS_OR_ADD),
                        new HeaderEdit("x-add", "a", Append.APPEND_IF_EXISTS_OR_ADD)),
                ImmutableList.of("x-gone"),
                ImmutableList.of(new HeaderEdit("x-rs", "s", Append.OVERWRITE_IF_EXISTS_OR_ADD)),
                ImmutableList.of("x-up"));
        harness.routes(new Route("r", RouteMatch.ANY, Forward.to("v1"), mutations, Optional.empty(), Optional.empty()));
        one.answers(ScriptedBackend.Answer.of(200, "", "x-up: 1", "x-rs: old"));

        Reply reply = harness.get("/hdr", "x-gone: 1", "x-set: old", "x-add: old");

        assertThat(one.received.getFirst().headers()).contains("x-set: s", "x-add: old", "x-add: a");
        assertThat(one.received.getFirst().headers()).doesNotContain("x-gone: 1", "x-set: old");
        assertThat(reply.headers()).contains("x-rs: s").doesNotContain("x-up: 1", "x-rs: old");
    }

    @Test
    void routesEditLocalRepliesToo() {
        harness.routes(new Route(
                "r",
                RouteMatch.ANY,
                Forward.to("none"),
                response("x-via", "weft"),
                Optional.empty(),
                Optional.empty()));

        Reply reply = harness.get("/");

        assertThat(reply.status()).isEqualTo(503);
        assertThat(reply.flags()).isEqualTo("UH");
        assertThat(reply.header("x-via")).isEqualTo("weft");
    }

    @Test
    void splitsFollowTheirWeightsAndEditsOfTheShareComeFirst() {
        HeaderMutations share = new HeaderMutations(
                ImmutableList.of(new HeaderEdit("x-share", "v2", Append.APPEND_IF_EXISTS_OR_ADD)),
                ImmutableList.of(),
                ImmutableList.of(),
                ImmutableList.of());
        harness.routes(Route.of(
                "split",
                RouteMatch.ANY,
                new Forward(
                        new Forward.WeightedClusters(ImmutableList.of(
                                Forward.WeightedCluster.of("v1", 90),
                                new Forward.WeightedCluster("v2", 10, share, Optional.of("v2.host")))),
                        Forward.Rewrite.NONE,
                        Forward.Timeouts.NONE,
                        Optional.empty(),
                        503,
                        ImmutableList.of())));

        for (int i = 0; i < 1000; i++) {
            assertThat(harness.get("/").status()).isEqualTo(200);
        }

        assertThat((double) two.received.size()).isCloseTo(100, within(30.0));
        assertThat(two.received)
                .allMatch(r ->
                        r.header("x-share").equals("v2") && r.header("host").equals("v2.host"));
        assertThat(one.received).noneMatch(r -> r.headers().contains("x-share: v2"));
    }

    @Test
    void missingClustersAnswerAsTheRouteSays() {
        harness.routes(Route.of(
                "r",
                RouteMatch.ANY,
                new Forward(
                        new Forward.SingleCluster("missing"),
                        Forward.Rewrite.NONE,
                        Forward.Timeouts.NONE,
                        Optional.empty(),
                        500,
                        ImmutableList.of())));

        Reply reply = harness.get("/");

        assertThat(reply.status()).isEqualTo(500);
        assertThat(reply.flags()).isEqualTo("NC");
        assertThat(reply.details()).isEqualTo("cluster_not_found");
    }

    private static Route rewrite(String prefix, Forward.Rewrite rewrite) {
        return Route.of(
                "r",
                RouteMatch.path(PathMatch.prefix(prefix)),
                new Forward(
                        new Forward.SingleCluster("v1"),
                        rewrite,
                        Forward.Timeouts.NONE,
                        Optional.empty(),
                        503,
                        ImmutableList.of()));
    }

    private static Route direct(String path, int status, Optional<RouteAction.Body> body, HeaderMutations mutations) {
        return new Route(
                "r",
                RouteMatch.path(PathMatch.exact(path)),
                new RouteAction.DirectResponse(status, body),
                mutations,
                Optional.empty(),
                Optional.empty());
    }

    private static HeaderMutations response(String... namesAndValues) {
        ImmutableList.Builder<HeaderEdit> edits = ImmutableList.builder();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            edits.add(new HeaderEdit(namesAndValues[i], namesAndValues[i + 1], Append.OVERWRITE_IF_EXISTS_OR_ADD));
        }
        return new HeaderMutations(ImmutableList.of(), ImmutableList.of(), edits.build(), ImmutableList.of());
    }
}
