package dev.weft.xds;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.model.match.Literal;
import dev.weft.model.match.StringMatch;
import dev.weft.model.route.Forward;
import dev.weft.model.route.HeaderMutations;
import dev.weft.model.route.PathMatch;
import dev.weft.model.route.RetryPolicy;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteAction;
import dev.weft.model.route.RouteConfig;
import dev.weft.model.route.RouteMatch;
import dev.weft.model.route.VirtualHost;
import java.util.EnumSet;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** Random route tables. */
public final class RouteModels {
    private final Models models;

    public RouteModels(Models models) {
        this.models = models;
    }

    public RouteConfig routes() {
        ImmutableList.Builder<VirtualHost> hosts = ImmutableList.builder();
        for (int i = models.upTo(3); i > 0; i--) {
            // The index keeps domains apart: a table refuses one that stands twice.
            hosts.add(new VirtualHost(
                    models.word(),
                    ImmutableList.of("h" + i + ".example.com", "*.h" + i),
                    models.list(4, this::route),
                    models.coin(),
                    mutations()));
        }
        return new RouteConfig(models.word(), hosts.build(), models.coin(), models.one(4096, 100_000));
    }

    private Route route() {
        return new Route(
                models.one("", models.word()),
                match(),
                action(),
                mutations(),
                models.maybe(models::word),
                models.maybe(models::provenance));
    }

    private RouteMatch match() {
        PathMatch path = models.pick(
                () -> PathMatch.prefix("/" + models.word()),
                () -> PathMatch.exact("/" + models.word()),
                () -> new PathMatch.Regex(new StringMatch.Regex("/a/[0-9]+")),
                () -> new PathMatch.SeparatedPrefix(Literal.of("/" + models.word())),
                PathMatch.Connect::new);
        return new RouteMatch(
                path, models.coin(), models.list(3, models::header), models.list(2, models::query), models.coin());
    }

    private RouteAction action() {
        return models.pick(
                this::forward,
                this::forward,
                this::redirect,
                () -> new RouteAction.DirectResponse(
                        models.between(200, 599),
                        models.one(
                                Optional.empty(),
                                Optional.of(new RouteAction.Text("söme text")),
                                Optional.of(new RouteAction.Bytes("\u00ff\u0000raw")))),
                RouteAction.NonForwarding::new);
    }

    private RouteAction redirect() {
        return new RouteAction.Redirect(
                models.one(301, 302, 303, 307, 308),
                models.maybe(models::word),
                models.one(OptionalInt.empty(), OptionalInt.of(models.between(1, 65_535))),
                models.one(Optional.empty(), Optional.of("https"), Optional.of("http")),
                models.one(
                        Optional.empty(),
                        Optional.of(new RouteAction.ReplacePath("/p")),
                        Optional.of(new RouteAction.ReplacePrefix("/q")),
                        Optional.of(new RouteAction.ReplaceRegex("^/(.*)", "/x/\\1"))),
                models.coin());
    }

    Forward.Target target() {
        return models.pick(
                () -> new Forward.SingleCluster(models.word()),
                () -> new Forward.WeightedClusters(ImmutableList.of(
                        new Forward.WeightedCluster(
                                models.word(), models.upTo(100), mutations(), models.maybe(models::word)),
                        new Forward.WeightedCluster(models.word(), 1, mutations(), Optional.empty()))));
    }

    private Forward forward() {
        return new Forward(
                target(),
                new Forward.Rewrite(
                        models.one(
                                Optional.empty(),
                                Optional.of(new Forward.PrefixRewrite("/r")),
                                Optional.of(new Forward.RegexRewrite("a+", "b"))),
                        models.one(
                                Optional.empty(),
                                Optional.of(new Forward.LiteralHost(models.word())),
                                Optional.of(new Forward.AutoHost()))),
                new Forward.Timeouts(
                        models.maybe(models::duration),
                        models.maybe(models::duration),
                        models.maybe(models::duration),
                        models.maybe(models::duration)),
                models.maybe(this::retry),
                models.one(503, 404, 500),
                models.one(
                        ImmutableList.of(),
                        ImmutableList.of(
                                new Forward.Upgrade(
                                        "websocket",
                                        models.one(Forward.Upgrade.Mode.REFUSED, Forward.Upgrade.Mode.PASSED_ON)),
                                new Forward.Upgrade("connect", models.one(Forward.Upgrade.Mode.values())))));
    }

    private RetryPolicy retry() {
        Set<RetryPolicy.On> on = EnumSet.noneOf(RetryPolicy.On.class);
        models.list(5, () -> models.one(RetryPolicy.On.values())).forEach(on::add);
        return new RetryPolicy(
                ImmutableSet.copyOf(on),
                models.upTo(5),
                models.maybe(models::duration),
                models.list(3, () -> models.between(400, 599)),
                models.coin(),
                models.upTo(10),
                models.one(RetryPolicy.DEFAULT_BASE_INTERVAL, models.positive()),
                models.maybe(() -> models.positive().plusSeconds(31)));
    }

    HeaderMutations mutations() {
        return models.coin()
                ? HeaderMutations.NONE
                : new HeaderMutations(
                        models.list(2, this::edit),
                        models.list(2, models::word),
                        models.list(2, this::edit),
                        models.list(2, models::word));
    }

    private HeaderMutations.HeaderEdit edit() {
        return new HeaderMutations.HeaderEdit(
                models.word(), models.one("", "%REQ(x)%"), models.one(HeaderMutations.Append.values()));
    }
}
