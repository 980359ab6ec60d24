/** Fakes, fixtures, golden files and certificates that the tests of all modules share. */
@NullMarked
package dev.weft.testkit;

import org.jspecify.annotations.NullMarked;
