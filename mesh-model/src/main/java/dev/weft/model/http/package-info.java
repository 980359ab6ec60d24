/** HTTP on a filter chain: connection manager options and the HTTP filters in their order. */
@NullMarked
package dev.weft.model.http;

import org.jspecify.annotations.NullMarked;
