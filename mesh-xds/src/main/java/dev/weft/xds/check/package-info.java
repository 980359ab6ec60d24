/** Nothing silent: which fields of a received message are read, harmless or unsupported. */
@NullMarked
package dev.weft.xds.check;

import org.jspecify.annotations.NullMarked;
