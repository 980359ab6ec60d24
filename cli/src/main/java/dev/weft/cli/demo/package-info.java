/** The mesh on one machine: starts, watches and ends the processes of the demo, and plays its tour. */
@NullMarked
package dev.weft.cli.demo;

import org.jspecify.annotations.NullMarked;
