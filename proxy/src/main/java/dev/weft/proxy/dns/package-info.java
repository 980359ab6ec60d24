/**
 * Answers the application's DNS queries: names of the mesh from the table that the control plane sends, so that hosts that only the
 * mesh knows have an address at all, and everything else by passing the query on to the pod's own resolvers, byte for byte.
 *
 * <p>Imports {@code proxy.exchange} and {@code proxy.telemetry}. Confined to one event loop; messages are read and written by hand,
 * since only their question counts here.
 */
@NullMarked
package dev.weft.proxy.dns;

import org.jspecify.annotations.NullMarked;
