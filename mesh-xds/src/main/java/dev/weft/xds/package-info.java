/** The dictionary between the model and Envoy's v3 protobufs: entry points, dialects, and the values both directions share. */
@NullMarked
package dev.weft.xds;

import org.jspecify.annotations.NullMarked;
