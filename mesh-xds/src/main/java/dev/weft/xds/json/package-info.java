/** JSON to wire and back by descriptors, and a small strict JSON reader and writer. Imports descriptors only. */
@NullMarked
package dev.weft.xds.json;

import org.jspecify.annotations.NullMarked;
