/**
 * HPACK (RFC 7541), both directions, on byte ranges and without garbage.
 *
 * <p>Imports {@code proxy.exchange} for the numbers of well-known names, nothing else of the proxy.
 */
@NullMarked
package dev.weft.proxy.codec.http2.hpack;

import org.jspecify.annotations.NullMarked;
