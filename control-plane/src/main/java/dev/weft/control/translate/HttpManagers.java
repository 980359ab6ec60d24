package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.control.registry.ProxyView;
import dev.weft.model.http.AccessLog;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.http.HttpFilter;
import dev.weft.model.http.HttpOptions;
import dev.weft.model.http.HttpOptions.ClientCert;
import dev.weft.model.http.HttpOptions.ClientCertDetails;
import dev.weft.model.http.HttpOptions.EscapedSlashes;
import dev.weft.model.http.HttpOptions.ForwardedHeaders;
import dev.weft.model.http.HttpOptions.HttpLimits;
import dev.weft.model.http.HttpOptions.HttpTimeouts;
import dev.weft.model.http.HttpOptions.Paths;
import dev.weft.model.http.HttpOptions.ServerHeader;
import dev.weft.resources.MeshConfig;
import java.time.Duration;
import java.util.Optional;

/** The connection managers of both sides, with Istio's options and filter order; stock Envoy gets no {@code istio.*} filter. */
final class HttpManagers {
    private static final HttpFilter ROUTER = new HttpFilter.Router("envoy.filters.http.router", false);
    private static final HttpFilter STATS = new HttpFilter.IstioStats("istio.stats", false);
    private static final HttpFilter ALPN = new HttpFilter.AlpnOverride(
            "istio.alpn",
            ImmutableList.of("istio-http/1.0", "istio", "http/1.0"),
            ImmutableList.of("istio-http/1.1", "istio", "http/1.1"),
            ImmutableList.of("istio-h2", "istio", "h2"));

    private final ProxyView view;
    private final ImmutableList<AccessLog> accessLogs;

    HttpManagers(ProxyView view, ImmutableList<AccessLog> accessLogs) {
        this.view = view;
        this.accessLogs = accessLogs;
    }

    HttpConnectionManager outbound(String statPrefix, HttpConnectionManager.Routes routes, boolean forwardProxy) {
        ImmutableList.Builder<HttpFilter> filters = ImmutableList.builder();
        if (meshProxy()) {
            filters.add(new HttpFilter.PeerMetadata("istio.metadata_exchange", false, true, false, true, false));
            filters.add(ALPN);
            filters.add(STATS);
        }
        filters.add(ROUTER);
        ImmutableSet<String> upgrades =
                forwardProxy ? ImmutableSet.of("websocket", "connect") : ImmutableSet.of("websocket");
        return manager(statPrefix, routes, filters.build(), ClientCert.SANITIZE, upgrades);
    }

    HttpConnectionManager inbound(
            String statPrefix, HttpConnectionManager.Routes routes, ImmutableList<HttpFilter> authorization) {
        ImmutableList.Builder<HttpFilter> filters = ImmutableList.builder();
        if (meshProxy()) {
            filters.add(new HttpFilter.PeerMetadata("istio.metadata_exchange", true, false, true, false, false));
        }
        filters.addAll(authorization);
        if (meshProxy()) {
            filters.add(STATS);
        }
        filters.add(ROUTER);
        return manager(statPrefix, routes, filters.build(), ClientCert.APPEND_FORWARD, ImmutableSet.of("websocket"));
    }

    /** Clients of a gateway are strangers: what they say of themselves is dropped, their address is what the connection says. */
    HttpConnectionManager gateway(
            String statPrefix, HttpConnectionManager.Routes routes, ImmutableList<HttpFilter> authorization) {
        ImmutableList.Builder<HttpFilter> filters = ImmutableList.builder();
        if (meshProxy()) {
            filters.add(new HttpFilter.PeerMetadata("istio.metadata_exchange", false, true, false, true, false));
        }
        filters.addAll(authorization);
        if (meshProxy()) {
            filters.add(ALPN);
            filters.add(STATS);
        }
        filters.add(ROUTER);
        HttpOptions options = options(
                new ServerHeader(ServerHeader.Mode.OVERWRITE, "istio-envoy"),
                new ForwardedHeaders(
                        true, 0, false, ClientCert.SANITIZE_SET, new ClientCertDetails(true, true, false, true, true)),
                ImmutableSet.of("websocket"));
        return new HttpConnectionManager(
                statPrefix, HttpConnectionManager.Codec.AUTO, routes, filters.build(), options, accessLogs);
    }

    private boolean meshProxy() {
        return view.proxy().client() == ProxyFacts.Client.MESH_PROXY;
    }

    private HttpConnectionManager manager(
            String statPrefix,
            HttpConnectionManager.Routes routes,
            ImmutableList<HttpFilter> filters,
            ClientCert clientCert,
            ImmutableSet<String> upgrades) {
        boolean inbound = clientCert == ClientCert.APPEND_FORWARD;
        ClientCertDetails details =
                inbound ? new ClientCertDetails(true, false, false, true, true) : ClientCertDetails.NONE;
        HttpOptions options = options(
                new ServerHeader(ServerHeader.Mode.OVERWRITE, inbound ? "istio-envoy" : "envoy"),
                new ForwardedHeaders(false, 0, false, clientCert, details),
                upgrades);
        return new HttpConnectionManager(
                statPrefix, HttpConnectionManager.Codec.AUTO, routes, filters, options, accessLogs);
    }

    private HttpOptions options(ServerHeader server, ForwardedHeaders forwarded, ImmutableSet<String> upgrades) {
        return new HttpOptions(
                paths(view.mesh().pathNormalization()),
                server,
                forwarded,
                new HttpTimeouts(
                        Optional.empty(),
                        Optional.of(Duration.ZERO),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                HttpLimits.DEFAULT,
                upgrades,
                true,
                true,
                false);
    }

    private static Paths paths(MeshConfig.PathNormalization normalization) {
        return switch (normalization) {
            case NONE -> new Paths(false, false, EscapedSlashes.KEEP_UNCHANGED);
            case BASE -> new Paths(true, false, EscapedSlashes.KEEP_UNCHANGED);
            case MERGE_SLASHES -> new Paths(true, true, EscapedSlashes.KEEP_UNCHANGED);
            case DECODE_AND_MERGE_SLASHES -> new Paths(true, true, EscapedSlashes.UNESCAPE_AND_FORWARD);
        };
    }
}
