/** Receives what proxies report and keeps the last minutes of it, for the dashboard and the command line. */
@NullMarked
package dev.weft.control.telemetry;

import org.jspecify.annotations.NullMarked;
