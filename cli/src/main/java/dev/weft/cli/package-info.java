/** {@code meshctl}: the command line of the mesh. The entry point; everything else is in the packages below. */
@NullMarked
package dev.weft.cli;

import org.jspecify.annotations.NullMarked;
