/** String, header, query and address matchers with Envoy's semantics, evaluated on byte ranges. Lowest package of the model. */
@NullMarked
package dev.weft.model.match;

import org.jspecify.annotations.NullMarked;
