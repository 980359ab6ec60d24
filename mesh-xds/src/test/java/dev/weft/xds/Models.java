package dev.weft.xds;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.ImmutableSortedMap;
import dev.weft.model.Locality;
import dev.weft.model.Provenance;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.Endpoint;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.cluster.LoadBalancing;
import dev.weft.model.cluster.Transport;
import dev.weft.model.cluster.UpstreamProtocol;
import dev.weft.model.http.AccessLog;
import dev.weft.model.match.HeaderKey;
import dev.weft.model.match.HeaderMatch;
import dev.weft.model.match.Literal;
import dev.weft.model.match.PortRange;
import dev.weft.model.match.QueryMatch;
import dev.weft.model.match.StringMatch;
import dev.weft.model.net.CidrRange;
import dev.weft.model.net.SocketAddress;
import dev.weft.model.tls.DownstreamTls;
import dev.weft.model.tls.SanMatch;
import dev.weft.model.tls.SecretRef;
import dev.weft.model.tls.TlsContext;
import dev.weft.model.tls.UpstreamTls;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;

/** Random models from a seed: clusters, endpoints, and the parts that {@link RouteModels} and {@link ListenerModels} share. */
public final class Models {
    final Random random;

    private final Material material;

    /** Where key material comes from in the models. */
    public enum Material {
        /** Any source that the model knows. */
        ANYWHERE,
        /** An SDS service alone, so that a configuration is complete without files. (An Envoy that only validates has no ADS: it crashes.) */
        SDS
    }

    public Models(long seed) {
        this(seed, Material.ANYWHERE);
    }

    public Models(long seed, Material material) {
        this.random = new Random(seed);
        this.material = material;
    }

    boolean coin() {
        return random.nextBoolean();
    }

    int upTo(int most) {
        return random.nextInt(most + 1);
    }

    int between(int least, int most) {
        return least + random.nextInt(most - least + 1);
    }

    @SafeVarargs
    final <T> T one(T... of) {
        return of[random.nextInt(of.length)];
    }

    @SafeVarargs
    final <T> T pick(Supplier<? extends T>... of) {
        return of[random.nextInt(of.length)].get();
    }

    <T> Optional<T> maybe(Supplier<T> value) {
        return coin() ? Optional.of(value.get()) : Optional.empty();
    }

    <T> ImmutableList<T> list(int most, Supplier<T> element) {
        ImmutableList.Builder<T> list = ImmutableList.builder();
        for (int i = upTo(most); i > 0; i--) {
            list.add(element.get());
        }
        return list.build();
    }

    String word() {
        return one("a", "reviews", "ratings", "näme", "x-y", "v1") + upTo(999);
    }

    Duration duration() {
        return one(
                Duration.ZERO, Duration.ofMillis(between(1, 5000)), Duration.ofSeconds(upTo(900), upTo(999_999_999)));
    }

    Duration positive() {
        return Duration.ofSeconds(upTo(30), between(1, 999_999_999));
    }

    Provenance provenance() {
        Provenance whole = Provenance.of(
                one("VirtualService", "DestinationRule", "PeerAuthentication", "Sidecar", "HTTPRoute", "Service"),
                word(),
                word());
        return coin() ? whole : whole.rule(upTo(9));
    }

    StringMatch string() {
        Literal literal = Literal.of(word());
        return pick(
                () -> new StringMatch.Exact(literal, coin()),
                () -> new StringMatch.Prefix(literal, coin()),
                () -> new StringMatch.Suffix(literal, coin()),
                () -> new StringMatch.Contains(literal, coin()),
                () -> StringMatch.regex(one("a.*b", "[0-9]+", "(x|y)z?")));
    }

    HeaderMatch header() {
        HeaderMatch.Test test = pick(
                () -> new HeaderMatch.Presence(coin()),
                () -> new HeaderMatch.Value(string()),
                () -> new HeaderMatch.IntegerRange(-upTo(100), upTo(100)));
        return new HeaderMatch(HeaderKey.of(one(":method", ":authority", word())), test, coin(), coin());
    }

    QueryMatch query() {
        return new QueryMatch(Literal.of(word()), maybe(this::string));
    }

    PortRange ports() {
        int start = upTo(60_000);
        return new PortRange(start, start + between(1, 5000));
    }

    CidrRange cidr() {
        return one(
                CidrRange.of("10." + upTo(255) + ".0.0", between(16, 32)),
                CidrRange.of("fd00:" + upTo(99) + "::", between(32, 128)),
                CidrRange.of("0.0.0.0", 0));
    }

    /** Without repetition, which Envoy takes for two chains with the same criteria. */
    <T> ImmutableList<T> distinct(int most, Supplier<T> element) {
        return ImmutableSet.copyOf(list(most, element)).asList();
    }

    SocketAddress address() {
        return one(
                new SocketAddress.Inet("10.0.0." + upTo(255), upTo(65_535)),
                new SocketAddress.Inet("::1", upTo(65_535)),
                new SocketAddress.Pipe("/run/" + word()));
    }

    AccessLog accessLog() {
        AccessLog.Sink sink =
                one(new AccessLog.FileSink("/dev/stdout"), new AccessLog.StdoutSink(), new AccessLog.StderrSink());
        AccessLog.Format format = one(
                new AccessLog.TextFormat(""),
                new AccessLog.TextFormat("%REQ(:METHOD)%\n"),
                new AccessLog.JsonFormat(ImmutableMap.of("method", "%REQ(:METHOD)%", word(), "x")));
        return new AccessLog(sink, format, coin());
    }

    SecretRef secret() {
        SecretRef overGrpc = new SecretRef.Sds(word(), new SecretRef.GrpcCluster("sds-grpc"));
        return material == Material.SDS
                ? overGrpc
                : one(overGrpc, new SecretRef.Sds(word(), new SecretRef.Ads()), new SecretRef.Static(word()));
    }

    private boolean files() {
        return material == Material.ANYWHERE && coin();
    }

    TlsContext tlsContext() {
        TlsContext.Version[] versions = TlsContext.Version.values();
        return new TlsContext(
                one(versions),
                one(versions),
                list(2, () -> "ECDHE-RSA-AES128-GCM-SHA256"),
                one(
                        ImmutableList.of("istio-peer-exchange", "istio"),
                        ImmutableList.of("h2", "http/1.1"),
                        ImmutableList.of()),
                Optional.of(files() ? new SecretRef.Files("/c.pem", "/k.pem") : secret()),
                maybe(() -> new TlsContext.Validation(
                        files() ? new SecretRef.Files("/ca.pem", "") : secret(),
                        list(2, () -> new SanMatch(one(SanMatch.Type.values()), string())))));
    }

    DownstreamTls downstreamTls() {
        TlsContext context = tlsContext();
        return new DownstreamTls(context, context.validation().isPresent() && coin());
    }

    public EndpointSet endpoints(String name) {
        return new EndpointSet(name, list(3, () -> locality(list(4, this::endpoint))));
    }

    private EndpointSet.LocalityEndpoints locality(ImmutableList<Endpoint> endpoints) {
        Locality locality =
                one(Locality.UNKNOWN, new Locality("eu", "eu-1", ""), new Locality("us", "", "rack" + upTo(9)));
        return new EndpointSet.LocalityEndpoints(locality, upTo(3), upTo(2), endpoints);
    }

    private Endpoint endpoint() {
        return new Endpoint(
                address(),
                one("", "db.example.com"),
                one(Endpoint.Health.values()),
                between(1, 100),
                one(ImmutableSortedMap.of(), ImmutableSortedMap.of("tlsMode", "istio", "a", "b")),
                one(Endpoint.Workload.UNKNOWN, new Endpoint.Workload(word(), word(), word(), "v1", "c1")));
    }

    public Cluster cluster() {
        String name = "outbound|" + upTo(9999) + "||" + word();
        Discovery discovery = pick(
                () -> new Discovery.Eds(word()),
                () -> new Discovery.Static(endpoints(name)),
                () -> new Discovery.StrictDns(endpoints(name), positive()),
                () -> new Discovery.LogicalDns(
                        new EndpointSet(name, ImmutableList.of(locality(ImmutableList.of(endpoint())))), positive()),
                Discovery.OriginalDestination::new);
        LoadBalancing.Policy policy = discovery instanceof Discovery.OriginalDestination
                ? new LoadBalancing.ClusterProvided()
                : one(
                        new LoadBalancing.RoundRobin(),
                        new LoadBalancing.Random(),
                        new LoadBalancing.LeastRequest(between(2, 5)));
        boolean autoSni = coin();
        boolean autoSan = coin();
        Supplier<Transport.Socket> tls =
                () -> new Transport.Tls(new UpstreamTls(tlsContext(), one("", "sni.example.com"), autoSni, autoSan));
        Supplier<Transport.Socket> plain = Transport.Plain::new;
        return new Cluster(
                name,
                discovery,
                new LoadBalancing(policy, one(0, 50, upTo(100)), coin()),
                one(
                        CircuitBreakers.DEFAULT,
                        CircuitBreakers.UNLIMITED,
                        new CircuitBreakers(upTo(9), 0xFFFF_FFFFL, upTo(9), upTo(9))),
                connection(),
                new Transport(
                        list(
                                2,
                                () -> new Transport.Match(
                                        word(),
                                        ImmutableSortedMap.of("tlsMode", one("istio", "disabled")),
                                        pick(tls, plain).get())),
                        pick(tls, plain).get()),
                new Cluster.ClusterTelemetry(
                        list(2, () -> new Cluster.ServiceRef(word(), word(), word())), coin(), one("", word())),
                maybe(this::provenance));
    }

    @SafeVarargs
    private final Supplier<Transport.Socket> pick(
            Supplier<Transport.Socket> first, Supplier<Transport.Socket>... more) {
        int index = random.nextInt(more.length + 1);
        return index == 0 ? first : more[index - 1];
    }

    private Cluster.ConnectionOptions connection() {
        UpstreamProtocol.Http2Options http2 =
                one(UpstreamProtocol.Http2Options.DEFAULT, new UpstreamProtocol.Http2Options(100, 65_536, 1 << 20));
        return new Cluster.ConnectionOptions(
                positive(),
                one(
                        new UpstreamProtocol.Http1(),
                        new UpstreamProtocol.Http2(http2),
                        new UpstreamProtocol.UseDownstream(http2),
                        new UpstreamProtocol.Auto(http2)),
                maybe(this::duration),
                one(0, between(1, 1000)),
                one(1 << 20, 32_768),
                maybe(() -> new Cluster.TcpKeepalive(upTo(3), upTo(300), upTo(60))),
                one(ImmutableList.of(), ImmutableList.of("127.0.0.6"), ImmutableList.of("127.0.0.6", "::6")));
    }

    ImmutableSet<String> words(int most) {
        return ImmutableSet.copyOf(list(most, this::word));
    }
}
