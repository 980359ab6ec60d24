package dev.weft.model.tls;

import com.google.errorprone.annotations.Immutable;

/** TLS on a filter chain. */
@Immutable
public record DownstreamTls(TlsContext context, boolean requireClientCertificate) {}
