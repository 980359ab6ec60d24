/** Pure rules about names: which host a rule means, which of several patterns fits best, who sees an object. Imports Guava only. */
@NullMarked
package dev.weft.resources.host;

import org.jspecify.annotations.NullMarked;
