package dev.weft.model.listener;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.http.AccessLog;
import dev.weft.model.http.HttpConnectionManager;
import dev.weft.model.rbac.RbacConfig;
import dev.weft.model.route.Forward;
import java.time.Duration;
import java.util.Optional;

/** A filter of a connection, in the order given; the last is {@link Http} or {@link TcpProxy}. */
@Immutable
public sealed interface NetworkFilter {
    record Http(HttpConnectionManager manager) implements NetworkFilter {}

    /**
     * Forwards bytes.
     *
     * @param target the mutations of a weighted cluster have no effect here
     * @param idleTimeout no byte either way; absent is one hour, zero switches it off
     */
    record TcpProxy(
            String statPrefix,
            Forward.Target target,
            Optional<Duration> idleTimeout,
            int maxConnectAttempts,
            ImmutableList<AccessLog> accessLogs)
            implements NetworkFilter {}

    /** Authorization of connections: header and path rules do not match. */
    record Authorization(
            String statPrefix, Optional<RbacConfig> rules, Optional<RbacConfig> shadow, String shadowPrefix)
            implements NetworkFilter {}

    /** Istio's peer metadata on TCP, where ALPN gave {@code protocol} ({@code istio-peer-exchange}). */
    record MetadataExchange(String protocol) implements NetworkFilter {}

    /** Istio's TCP metrics ({@code stats.PluginConfig}). */
    record IstioStats() implements NetworkFilter {}
}
