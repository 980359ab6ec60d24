/**
 * The HTTP filters, one file each. They know the exchange and the model, never the router.
 */
@NullMarked
package dev.weft.proxy.filter;

import org.jspecify.annotations.NullMarked;
