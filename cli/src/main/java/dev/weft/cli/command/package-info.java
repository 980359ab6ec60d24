/** The commands: each parses its arguments, asks a room below, prints. No command knows another. */
@NullMarked
package dev.weft.cli.command;

import org.jspecify.annotations.NullMarked;
