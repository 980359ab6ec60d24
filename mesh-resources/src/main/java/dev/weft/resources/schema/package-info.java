/**
 * The table of fields: which fields each kind has, of which type, and whether Weft serves them; and the walk that checks a document against it.
 * The table itself is the {@code *.fields} resources of this package. Imports the tree of {@code yaml} and the vocabulary of problems.
 */
@NullMarked
package dev.weft.resources.schema;

import org.jspecify.annotations.NullMarked;
