/**
 * The end of the filter chain: finds the route, answers by itself or carries the request to an upstream, with deadline and
 * retries.
 *
 * <p>Imports {@code proxy.cluster} and what lies below it. Stations: {@link dev.weft.proxy.route.HttpRouter#start}, {@code
 * UpstreamCall}.
 */
@NullMarked
package dev.weft.proxy.route;

import org.jspecify.annotations.NullMarked;
