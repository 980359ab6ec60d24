/**
 * HTTP/2 (RFC 9113) at frame level, both ends: frames, streams, flow control, floods, and header fields.
 *
 * <p>Imports {@code proxy.exchange} and {@link dev.weft.proxy.codec.http2.hpack}. {@code Http2Server} and {@code
 * Http2Client} give it its two roles. There is no channel per stream: a {@link dev.weft.proxy.codec.http2.Http2Stream}
 * is a recycled plain object in the map of its {@link dev.weft.proxy.codec.http2.Http2Connection}.
 */
@NullMarked
package dev.weft.proxy.codec.http2;

import org.jspecify.annotations.NullMarked;
