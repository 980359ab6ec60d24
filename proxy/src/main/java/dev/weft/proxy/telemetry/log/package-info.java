/**
 * The proxy's own SLF4J provider: lines to standard error, levels that can change while it runs, and nothing else, since a logging
 * framework costs a sidecar megabytes. Imports SLF4J only.
 */
@NullMarked
package dev.weft.proxy.telemetry.log;

import org.jspecify.annotations.NullMarked;
