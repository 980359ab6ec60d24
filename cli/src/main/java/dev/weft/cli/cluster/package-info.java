/**
 * Asks a cluster: through the API server, and through port-forwards to the control plane and to proxies. May import {@code control}, {@code check} and
 * {@code output}. With {@code helm} the only room that knows the Kubernetes client; no other command loads it.
 */
@NullMarked
package dev.weft.cli.cluster;

import org.jspecify.annotations.NullMarked;
