/**
 * Opaque forwarding: bytes of a connection to an endpoint of a cluster and back. May import what is below the servers ({@code cluster},
 * {@code upstream}, {@code identity}, {@code telemetry}, {@code exchange}).
 */
@NullMarked
package dev.weft.proxy.tcp;

import org.jspecify.annotations.NullMarked;
