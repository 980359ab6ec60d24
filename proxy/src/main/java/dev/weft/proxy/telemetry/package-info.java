/**
 * Observers: what is counted, logged and told about exchanges and connections, and the workload names that go with it.
 *
 * <p>Imports {@code proxy.exchange} and the model. Metrics are Istio's and Envoy's by name.
 */
@NullMarked
package dev.weft.proxy.telemetry;

import org.jspecify.annotations.NullMarked;
