package dev.weft.xds;

import com.google.common.collect.ImmutableList;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.http.HttpFilter;
import dev.weft.model.http.HttpOptions;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.ListenerFilter;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.match.SourceType;
import dev.weft.model.rbac.Permission;
import dev.weft.model.rbac.Principal;
import dev.weft.model.rbac.RbacConfig;
import dev.weft.model.rbac.RbacPolicy;
import dev.weft.model.route.Forward;
import dev.weft.model.tls.DownstreamTls;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/** Random listeners. */
public final class ListenerModels {
    private final Models models;
    private final RouteModels routes;

    public ListenerModels(Models models) {
        this.models = models;
        this.routes = new RouteModels(models);
    }

    public Listener listener() {
        ImmutableList.Builder<FilterChain> chains = ImmutableList.builder();
        for (int i = models.between(1, 3); i > 0; i--) {
            // The port keeps the criteria of chains apart.
            chains.add(chain(match().withDestinationPort(i)));
        }
        return new Listener(
                models.word(),
                models.address(),
                models.coin(),
                models.coin(),
                models.one(Listener.Direction.values()),
                new Listener.Inspection(
                        models.list(3, this::listenerFilter), models.maybe(models::duration), models.coin()),
                chains.build(),
                models.maybe(() -> chain(FilterChainMatch.ANY)),
                models.list(2, models::accessLog),
                models.one(Listener.DEFAULT_BUFFER_LIMIT, 32_768),
                new Listener.Sockets(models.list(2, models::address), models.coin()));
    }

    private ListenerFilter listenerFilter() {
        return models.pick(
                ListenerFilter.OriginalDestination::new,
                () -> new ListenerFilter.OriginalSource(models.upTo(1337)),
                () -> new ListenerFilter.TlsInspector(models.list(3, models::ports)),
                () -> new ListenerFilter.HttpInspector(models.list(3, models::ports)));
    }

    private FilterChainMatch match() {
        return new FilterChainMatch(
                OptionalInt.empty(),
                models.distinct(2, models::cidr),
                models.one(ImmutableList.of(), ImmutableList.of("a.example.com", "*.example.org")),
                models.one("", "tls", "raw_buffer"),
                models.one(ImmutableList.of(), ImmutableList.of("istio", "h2c")),
                models.list(1, models::cidr),
                models.one(SourceType.values()),
                models.list(1, models::cidr),
                models.distinct(2, () -> models.between(1, 65_535)));
    }

    private FilterChain chain(FilterChainMatch match) {
        ImmutableList.Builder<NetworkFilter> filters = ImmutableList.builder();
        filters.addAll(models.list(
                2,
                () -> models.pick(
                        () -> new NetworkFilter.Authorization(
                                models.word(),
                                models.maybe(this::connectionRules),
                                models.maybe(this::connectionRules),
                                models.word()),
                        () -> new NetworkFilter.MetadataExchange("istio-peer-exchange"),
                        NetworkFilter.IstioStats::new)));
        filters.add(models.pick(() -> new NetworkFilter.Http(http()), this::tcp));
        Optional<DownstreamTls> tls = models.maybe(models::downstreamTls);
        return new FilterChain(
                models.one("", models.word()),
                match,
                tls,
                filters.build(),
                models.maybe(models::duration),
                models.maybe(models::provenance));
    }

    private NetworkFilter tcp() {
        Forward.Target target = models.one(
                new Forward.SingleCluster(models.word()),
                new Forward.WeightedClusters(ImmutableList.of(
                        Forward.WeightedCluster.of(models.word(), 90), Forward.WeightedCluster.of(models.word(), 10))));
        return new NetworkFilter.TcpProxy(
                models.word(),
                target,
                models.maybe(models::duration),
                models.one(1, 3),
                models.list(1, models::accessLog));
    }

    private HttpConnectionManager http() {
        return new HttpConnectionManager(
                models.word(),
                models.one(HttpConnectionManager.Codec.values()),
                models.pick(
                        () -> new HttpConnectionManager.Inline(routes.routes()),
                        () -> new HttpConnectionManager.Rds(models.word())),
                httpFilters(),
                options(),
                models.list(1, models::accessLog));
    }

    private ImmutableList<HttpFilter> httpFilters() {
        ImmutableList.Builder<HttpFilter> filters = ImmutableList.builder();
        for (int i = models.upTo(4); i > 0; i--) {
            String name = "filter-" + i;
            filters.add(models.<HttpFilter>pick(
                    () -> new HttpFilter.Authorization(
                            name,
                            models.maybe(this::requestRules),
                            models.maybe(this::requestRules),
                            models.word(),
                            models.word()),
                    () -> new HttpFilter.AlpnOverride(
                            name,
                            models.list(2, models::word),
                            models.list(2, models::word),
                            models.list(2, models::word)),
                    () -> new HttpFilter.PeerMetadata(
                            name, models.coin(), models.coin(), models.coin(), models.coin(), models.coin()),
                    () -> new HttpFilter.IstioStats(name, models.coin()),
                    () -> new HttpFilter.GrpcStats(name, models.coin()),
                    () -> new HttpFilter.IdleFault(name),
                    () -> new HttpFilter.IdleCors(name)));
        }
        return filters.add(new HttpFilter.Router("router", models.coin())).build();
    }

    private HttpOptions options() {
        if (models.coin()) {
            return HttpOptions.DEFAULT;
        }
        return new HttpOptions(
                new HttpOptions.Paths(models.coin(), models.coin(), models.one(HttpOptions.EscapedSlashes.values())),
                new HttpOptions.ServerHeader(
                        models.one(HttpOptions.ServerHeader.Mode.values()), models.one("envoy", "istio-envoy")),
                new HttpOptions.ForwardedHeaders(
                        models.coin(),
                        models.upTo(3),
                        models.coin(),
                        models.one(HttpOptions.ClientCert.values()),
                        new HttpOptions.ClientCertDetails(
                                models.coin(), models.coin(), models.coin(), models.coin(), models.coin())),
                new HttpOptions.HttpTimeouts(
                        models.maybe(models::duration),
                        models.maybe(models::duration),
                        models.maybe(models::duration),
                        models.maybe(models::duration),
                        models.maybe(models::duration),
                        models.maybe(models::duration),
                        models.maybe(models::duration)),
                new HttpOptions.HttpLimits(number(), number(), number(), number(), window(), window()),
                models.words(2),
                models.coin(),
                models.coin(),
                models.coin());
    }

    private OptionalInt number() {
        return models.coin() ? OptionalInt.empty() : OptionalInt.of(models.between(1, 8000));
    }

    private OptionalInt window() {
        return models.coin() ? OptionalInt.empty() : OptionalInt.of(models.between(65_535, 1 << 24));
    }

    /** With conditions on requests, which only an HTTP filter can meet. */
    private RbacConfig requestRules() {
        return rules(() -> permission(3), () -> principal(3));
    }

    private RbacConfig connectionRules() {
        return rules(this::connectionPermission, this::connectionPrincipal);
    }

    private RbacConfig rules(Supplier<Permission> permission, Supplier<Principal> principal) {
        ImmutableList.Builder<RbacPolicy> policies = ImmutableList.builder();
        for (int i = 0, count = models.upTo(3); i < count; i++) {
            policies.add(new RbacPolicy(
                    "ns[default]-policy[p]-rule[" + i + "]",
                    ImmutableList.of(permission.get(), permission.get()),
                    ImmutableList.of(principal.get())));
        }
        return new RbacConfig(models.one(RbacConfig.Action.values()), policies.build());
    }

    private Permission permission(int depth) {
        if (depth > 0 && models.coin()) {
            return models.pick(
                    () -> new Permission.And(ImmutableList.of(permission(depth - 1), permission(depth - 1))),
                    () -> new Permission.Or(ImmutableList.of(permission(depth - 1))),
                    () -> new Permission.Not(permission(depth - 1)));
        }
        return models.pick(
                this::connectionPermission,
                () -> new Permission.Header(models.header()),
                () -> new Permission.UrlPath(models.string()));
    }

    private Permission connectionPermission() {
        return models.pick(
                Permission.Any::new,
                () -> new Permission.DestinationIp(models.cidr()),
                () -> new Permission.DestinationPort(models.upTo(65_535)),
                () -> new Permission.DestinationPorts(models.ports()),
                () -> new Permission.RequestedServerName(models.string()));
    }

    private Principal principal(int depth) {
        if (depth > 0 && models.coin()) {
            return models.pick(
                    () -> new Principal.And(ImmutableList.of(principal(depth - 1), principal(depth - 1))),
                    () -> new Principal.Or(ImmutableList.of(principal(depth - 1))),
                    () -> new Principal.Not(principal(depth - 1)));
        }
        return models.pick(
                this::connectionPrincipal,
                () -> new Principal.Header(models.header()),
                () -> new Principal.UrlPath(models.string()));
    }

    private Principal connectionPrincipal() {
        return models.pick(
                Principal.Any::new,
                () -> new Principal.Authenticated(models.maybe(models::string)),
                () -> new Principal.DirectRemoteIp(models.cidr()),
                () -> new Principal.RemoteIp(models.cidr()),
                () -> new Principal.FilterState(Principal.FilterState.PEER_PRINCIPAL, models.string()));
    }
}
