/** Asks a control plane over its HTTP API, and finds the one that is meant. */
@NullMarked
package dev.weft.cli.control;

import org.jspecify.annotations.NullMarked;
