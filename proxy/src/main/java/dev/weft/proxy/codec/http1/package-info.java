/**
 * HTTP/1's wire format, both ends: heads parsed in place, bodies passed through, heads written as runs of bytes.
 *
 * <p>Imports {@code proxy.exchange} only. No connection lives here: {@code proxy.server} and {@code proxy.upstream} drive
 * these classes, each on its own loop. Strict on purpose: what two parsers may read in two ways is refused.
 */
@NullMarked
package dev.weft.proxy.codec.http1;

import org.jspecify.annotations.NullMarked;
