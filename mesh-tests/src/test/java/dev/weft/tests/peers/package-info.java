/** The mesh beside programs that we did not write: a stock Envoy as a sidecar, grpc-java's interop programs as workloads. */
@NullMarked
package dev.weft.tests.peers;

import org.jspecify.annotations.NullMarked;
