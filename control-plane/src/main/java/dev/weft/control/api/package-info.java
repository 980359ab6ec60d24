/** The control plane's HTTP port: JSON for the command line and the dashboard, metrics, readiness, debug dumps. */
@NullMarked
package dev.weft.control.api;

import org.jspecify.annotations.NullMarked;
