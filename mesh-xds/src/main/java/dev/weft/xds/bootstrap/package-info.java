/** Envoy's bootstrap as records, and its decoder. */
@NullMarked
package dev.weft.xds.bootstrap;

import org.jspecify.annotations.NullMarked;
