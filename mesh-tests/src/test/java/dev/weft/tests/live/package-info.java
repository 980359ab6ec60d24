/** A mesh under load while something happens to it: edits, late endpoints, restarts, rotation, drain, slow peers. */
@NullMarked
package dev.weft.tests.live;

import org.jspecify.annotations.NullMarked;
