/**
 * A running cluster: endpoints, balancer, circuit breaker, health and pools.
 *
 * <p>Imports {@code proxy.balance}, {@code proxy.upstream}, {@code proxy.health} and what lies below them. One control thread
 * publishes endpoint sets; the loops read them by one volatile read. Stations: {@link dev.weft.proxy.cluster.Clusters#find}, {@link
 * dev.weft.proxy.cluster.LoopCluster#pick}.
 */
@NullMarked
package dev.weft.proxy.cluster;

import org.jspecify.annotations.NullMarked;
