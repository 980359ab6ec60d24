/**
 * Takes connections: accept, place on a loop, original destination, sniff, filter chain, downstream TLS; then hands them to a
 * {@link dev.weft.proxy.listener.ConnectionHandler}. May import {@code config}, {@code exchange} and {@code identity}.
 */
@NullMarked
package dev.weft.proxy.listener;

import org.jspecify.annotations.NullMarked;
