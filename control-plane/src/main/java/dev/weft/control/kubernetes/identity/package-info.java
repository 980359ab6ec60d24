/**
 * Who is who on a cluster, and what only one replica may do: token reviews, the authority's secret, the trust bundle in every namespace,
 * the webhooks' trust, the lease.
 *
 * <p>Imports {@code source}, {@code ca} and the Kubernetes client.
 */
@NullMarked
package dev.weft.control.kubernetes.identity;

import org.jspecify.annotations.NullMarked;
