/** Addresses and address ranges. */
@NullMarked
package dev.weft.model.net;

import org.jspecify.annotations.NullMarked;
