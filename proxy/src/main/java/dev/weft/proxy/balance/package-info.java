/**
 * Pickers: which endpoint of a cluster the next request goes to, with Envoy's arithmetic.
 *
 * <p>Imports the model only. Station: {@link dev.weft.proxy.balance.Balancer#pick}.
 */
@NullMarked
package dev.weft.proxy.balance;

import org.jspecify.annotations.NullMarked;
