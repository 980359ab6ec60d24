package dev.weft.proxy.xds;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.model.ProxyConfig;
import dev.weft.model.cluster.CircuitBreakers;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.Discovery;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.cluster.LoadBalancing;
import dev.weft.model.cluster.Transport;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.http.HttpOptions;
import dev.weft.model.listener.FilterChain;
import dev.weft.model.listener.FilterChainMatch;
import dev.weft.model.listener.Listener;
import dev.weft.model.listener.NetworkFilter;
import dev.weft.model.net.SocketAddress;
import dev.weft.model.route.Forward;
import dev.weft.model.route.Route;
import dev.weft.model.route.RouteConfig;
import dev.weft.model.route.RouteMatch;
import dev.weft.model.route.VirtualHost;
import dev.weft.model.tls.DownstreamTls;
import dev.weft.model.tls.SecretRef;
import dev.weft.model.tls.TlsContext;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ConfigAssemblerTest {
    private final ConfigAssembler assembler = new ConfigAssembler();

    @Test
    void showsAClusterOnlyWhenItsEndpointsCame() {
        assembler.put(cluster("a"));

        ProxyConfig before = assembler.assemble();
        assembler.put(EndpointSet.empty("a"));
        ProxyConfig after = assembler.assemble();

        assertThat(before.clusters()).isEmpty();
        assertThat(after.clusters()).containsOnlyKeys("a");
    }

    @Test
    void keepsTheOldRouteUntilTheNewClusterIsWarm() {
        runWithRouteTo("a");
        assembler.put(cluster("b"));
        assembler.put(table("b"));

        ProxyConfig during = assembler.assemble();
        assembler.put(EndpointSet.empty("b"));
        ProxyConfig after = assembler.assemble();

        assertThat(during.routes().get("80")).isEqualTo(table("a"));
        assertThat(after.routes().get("80")).isEqualTo(table("b"));
    }

    @Test
    void doesNotWaitForAClusterThatNobodyDeclared() {
        runWithRouteTo("a");
        assembler.put(table("nowhere"));

        assertThat(assembler.assemble().routes().get("80")).isEqualTo(table("nowhere"));
    }

    @Test
    void startsAListenerOnlyWithItsRouteTable() {
        assembler.put(listener());

        assertThat(assembler.assemble().listeners()).isEmpty();
        assertThat(assembler.wantedRoutes()).containsExactly("80");

        assembler.put(table("nowhere"));

        assertThat(assembler.assemble().listeners()).containsOnlyKeys("out");
        assertThat(assembler.isWarm()).isTrue();
    }

    @Test
    void goesOnWithoutWhatDoesNotComeInTime() {
        assembler.put(cluster("a"));
        assembler.put(listener());
        assembler.assemble();

        assembler.giveUpOn(XdsType.ENDPOINTS, ImmutableSet.of("a"));
        assembler.giveUpOn(XdsType.ROUTES, ImmutableSet.of("80"));
        ProxyConfig config = assembler.assemble();

        assertThat(config.clusters()).containsOnlyKeys("a");
        assertThat(config.listeners()).containsOnlyKeys("out");
    }

    @Test
    void startsAListenerWhenItsSecretCameOrIsSaidNotToExist() {
        assembler.put(encrypted("there"));
        assertThat(assembler.assemble().listeners()).isEmpty();
        assertThat(assembler.wantedSecrets()).containsExactly("there");

        assembler.putSecret("there");
        assertThat(assembler.assemble().listeners()).containsOnlyKeys("in");

        assembler.put(encrypted("gone"));
        assertThat(assembler.awaited(XdsType.SECRETS)).containsExactly("gone");
        assertThat(assembler.assemble().listeners().get("in")).isEqualTo(encrypted("there"));

        assembler.remove(XdsType.SECRETS, "gone");
        assertThat(assembler.assemble().listeners().get("in")).isEqualTo(encrypted("gone"));
        assertThat(assembler.isWarm()).isTrue();
    }

    @Test
    void asksTheServerOnlyForSecretsThatAreItsOwn() {
        assembler.put(encrypted(new SecretRef.Sds("default", new SecretRef.GrpcCluster("sds-grpc"))));

        assertThat(assembler.wantedSecrets()).isEmpty();
        assertThat(assembler.assemble().listeners()).containsOnlyKeys("in");
    }

    @Test
    void forgetsEndpointsThatNoClusterNames() {
        runWithRouteTo("a");
        assembler.remove(XdsType.CLUSTER, "a");

        ProxyConfig config = assembler.assemble();

        assertThat(config.clusters()).isEmpty();
        assertThat(config.endpoints()).isEmpty();
    }

    private void runWithRouteTo(String cluster) {
        assembler.put(cluster(cluster));
        assembler.put(EndpointSet.empty(cluster));
        assembler.put(listener());
        assembler.put(table(cluster));
        assembler.assemble();
    }

    private static Cluster cluster(String name) {
        return new Cluster(
                name,
                new Discovery.Eds(name),
                LoadBalancing.DEFAULT,
                CircuitBreakers.DEFAULT,
                Cluster.ConnectionOptions.DEFAULT,
                Transport.PLAIN,
                Cluster.ClusterTelemetry.NONE,
                Optional.empty());
    }

    private static RouteConfig table(String cluster) {
        Route route = Route.of("r", RouteMatch.ANY, Forward.to(cluster));
        return RouteConfig.of(
                "80", ImmutableList.of(VirtualHost.of("all", ImmutableList.of("*"), ImmutableList.of(route))));
    }

    private static Listener listener() {
        HttpConnectionManager manager = new HttpConnectionManager(
                "out",
                HttpConnectionManager.Codec.AUTO,
                new HttpConnectionManager.Rds("80"),
                ImmutableList.of(),
                HttpOptions.DEFAULT,
                ImmutableList.of());
        FilterChain chain = new FilterChain(
                "c",
                FilterChainMatch.ANY,
                Optional.empty(),
                ImmutableList.of(new NetworkFilter.Http(manager)),
                Optional.empty(),
                Optional.empty());
        return new Listener(
                "out",
                new SocketAddress.Inet("127.0.0.1", 80),
                true,
                false,
                Listener.Direction.OUTBOUND,
                Listener.Inspection.NONE,
                ImmutableList.of(chain),
                Optional.empty(),
                ImmutableList.of(),
                Listener.DEFAULT_BUFFER_LIMIT);
    }

    private static Listener encrypted(String secret) {
        return encrypted(new SecretRef.Sds(secret, new SecretRef.Ads()));
    }

    private static Listener encrypted(SecretRef certificate) {
        TlsContext context = new TlsContext(
                TlsContext.Version.AUTO,
                TlsContext.Version.AUTO,
                ImmutableList.of(),
                ImmutableList.of(),
                Optional.of(certificate),
                Optional.empty());
        FilterChain chain = new FilterChain(
                "tls",
                FilterChainMatch.ANY,
                Optional.of(new DownstreamTls(context, false)),
                ImmutableList.of(),
                Optional.empty(),
                Optional.empty());
        return new Listener(
                "in",
                new SocketAddress.Inet("127.0.0.1", 443),
                true,
                false,
                Listener.Direction.INBOUND,
                Listener.Inspection.NONE,
                ImmutableList.of(chain),
                Optional.empty(),
                ImmutableList.of(),
                Listener.DEFAULT_BUFFER_LIMIT);
    }
}
