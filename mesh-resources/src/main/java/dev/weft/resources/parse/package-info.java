/**
 * From trees to resources: {@code ResourceParser} recognises the kind, lets the field table check the tree, and one reader for each kind makes the record and
 * checks what a table cannot say. What is wrong ends as problems, with the effect that the kind has on failure: security kinds fail closed.
 */
@NullMarked
package dev.weft.resources.parse;

import org.jspecify.annotations.NullMarked;
