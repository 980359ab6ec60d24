/**
 * From one configuration, what runs on the connections of each filter chain: network filters, then HTTP filters and router, or a TCP
 * proxy. Strings {@code server}, {@code filter}, {@code route} and {@code tcp} together, which do not know each other.
 */
@NullMarked
package dev.weft.proxy.pipeline;

import org.jspecify.annotations.NullMarked;
