/** What one proxy must do: the whole configuration, and where each part of it came from. Imports nothing above itself. */
@NullMarked
package dev.weft.model;

import org.jspecify.annotations.NullMarked;
