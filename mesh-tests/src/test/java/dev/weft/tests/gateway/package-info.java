/** Gateways in a whole mesh in this process: what clients outside of the mesh see. */
@NullMarked
package dev.weft.tests.gateway;

import org.jspecify.annotations.NullMarked;
