/** A whole mesh in one process: control plane, sidecars, scripted origins and a raw client. */
@NullMarked
package dev.weft.tests.mesh;

import org.jspecify.annotations.NullMarked;
