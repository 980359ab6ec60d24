/** What the messages of the API look like, read from the descriptor set on demand: names, numbers and types of fields. */
@NullMarked
package dev.weft.xds.descriptor;

import org.jspecify.annotations.NullMarked;
