/**
 * The adapters to a Kubernetes API server: informers that feed the {@code ResourceSource} port. The only package beside the command line that
 * knows the fabric8 client. Imports {@code control.source}, {@code control.ca} and {@code mesh-resources}.
 *
 * <p>Station: {@code KubernetesSource}.
 */
@NullMarked
package dev.weft.control.kubernetes;

import org.jspecify.annotations.NullMarked;
