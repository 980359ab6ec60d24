/** The port through which the mesh's resources come in, whoever keeps them. Imports {@code mesh-resources} only. */
@NullMarked
package dev.weft.control.source;

import org.jspecify.annotations.NullMarked;
