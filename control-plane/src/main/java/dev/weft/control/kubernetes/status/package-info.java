/**
 * Writes statuses into objects of an API server. Imports {@code source} and the Kubernetes client.
 *
 * <p>Station: {@code KubernetesStatusSink}, last of the way back from a proxy's acknowledgement.
 */
@NullMarked
package dev.weft.control.kubernetes.status;

import org.jspecify.annotations.NullMarked;
