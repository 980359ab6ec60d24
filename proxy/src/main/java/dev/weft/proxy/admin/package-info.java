/**
 * The admin pages: readiness, statistics, what is configured, what failed lately, and the few commands that an operator may give.
 * Paths and forms are Envoy's where Envoy has the page. Served by our own HTTP server, rendered off the event loops.
 *
 * <p>Imports the rooms below it, to look at them; nobody imports it but the program's wiring.
 */
@NullMarked
package dev.weft.proxy.admin;

import org.jspecify.annotations.NullMarked;
