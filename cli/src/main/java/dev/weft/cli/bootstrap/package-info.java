/** What a launcher gives a sidecar: its bootstrap and its credential. */
@NullMarked
package dev.weft.cli.bootstrap;

import org.jspecify.annotations.NullMarked;
