package dev.weft.model.listener;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.Provenance;
import dev.weft.model.tls.DownstreamTls;
import java.time.Duration;
import java.util.Optional;

/**
 * What happens to connections that match.
 *
 * @param handshakeTimeout limit of the TLS handshake; absent is the proxy's default of 10 s
 * @param source the PeerAuthentication or Sidecar that shaped it
 */
@Immutable
public record FilterChain(
        String name,
        FilterChainMatch match,
        Optional<DownstreamTls> tls,
        ImmutableList<NetworkFilter> filters,
        Optional<Duration> handshakeTimeout,
        Optional<Provenance> source) {}
