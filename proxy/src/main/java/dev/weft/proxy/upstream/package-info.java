/**
 * Connections to upstreams: per-loop pools, and HTTP/1 and HTTP/2 clients behind one interface.
 *
 * <p>Imports {@code proxy.codec} and {@code proxy.exchange}. Everything here belongs to one loop; what is a promise of a
 * whole cluster is asked from {@link dev.weft.proxy.upstream.Admission}. Stations: {@code ConnectionPool.open}, {@code
 * Http1Client}, {@code Http2Client}.
 */
@NullMarked
package dev.weft.proxy.upstream;

import org.jspecify.annotations.NullMarked;
