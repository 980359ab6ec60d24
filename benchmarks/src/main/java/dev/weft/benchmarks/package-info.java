/** Measurements: what one request costs, and the side-by-side runs against other proxies. Nothing here is shipped. */
@NullMarked
package dev.weft.benchmarks;

import org.jspecify.annotations.NullMarked;
