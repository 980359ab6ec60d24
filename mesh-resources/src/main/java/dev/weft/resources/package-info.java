/**
 * What people write, as immutable records: one record for each kind that Weft reads, with the defaults of its fields filled in. Imports the
 * model (for provenance) and Guava only; reading is in {@code yaml}, {@code schema} and {@code parse}, keeping in {@code store}.
 */
@NullMarked
package dev.weft.resources;

import org.jspecify.annotations.NullMarked;
