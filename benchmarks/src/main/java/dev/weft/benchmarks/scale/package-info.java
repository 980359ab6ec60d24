/**
 * What a large cluster costs the control plane: a real API server with thousands of objects, the control plane as a process of its own, and
 * proxies that only receive. Nothing here is shipped.
 */
@NullMarked
package dev.weft.benchmarks.scale;

import org.jspecify.annotations.NullMarked;
