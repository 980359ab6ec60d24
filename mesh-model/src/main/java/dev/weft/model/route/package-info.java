/** Route tables: virtual hosts, routes, actions, and the pure function that finds the route of a request. */
@NullMarked
package dev.weft.model.route;

import org.jspecify.annotations.NullMarked;
