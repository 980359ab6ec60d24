/**
 * Text to trees in which everything knows its line: the first station of what people write. Imports snakeyaml-engine and Guava only; no kind is
 * known here.
 */
@NullMarked
package dev.weft.resources.yaml;

import org.jspecify.annotations.NullMarked;
