/**
 * Connections of clients: HTTP/1 and HTTP/2 bytes in, exchanges out, responses back.
 *
 * <p>Imports {@code proxy.codec} and {@code proxy.exchange}; knows neither filters nor routes, which it gets as a {@link
 * dev.weft.proxy.exchange.FilterChain}. Stations: {@code Http1Server}, {@code Http2Server}.
 */
@NullMarked
package dev.weft.proxy.server;

import org.jspecify.annotations.NullMarked;
