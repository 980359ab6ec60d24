package dev.weft.model.tls;

import com.google.errorprone.annotations.Immutable;

/**
 * TLS towards endpoints.
 *
 * @param sni server name sent; empty sends none
 * @param autoSni whether the request's host is sent instead
 * @param autoSanValidation whether the peer must carry the name that was sent
 */
@Immutable
public record UpstreamTls(TlsContext context, String sni, boolean autoSni, boolean autoSanValidation) {}
