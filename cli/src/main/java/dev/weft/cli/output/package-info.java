/** How answers look: streams, colour, tables, the JSON envelope, exit codes, failures. Imports no other room. */
@NullMarked
package dev.weft.cli.output;

import org.jspecify.annotations.NullMarked;
