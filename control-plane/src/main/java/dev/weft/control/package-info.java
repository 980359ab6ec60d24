/** The control plane as a program: parse the command line, wire the rooms in walk order, start, stop. */
@NullMarked
package dev.weft.control;

import org.jspecify.annotations.NullMarked;
