/** Upstream clusters: discovery, balancing, limits, transport, and the endpoints. */
@NullMarked
package dev.weft.model.cluster;

import org.jspecify.annotations.NullMarked;
