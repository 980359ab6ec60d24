/**
 * Writes the custom resource definitions of the Istio kinds that Weft serves, from the field table that also the readers go by. May import {@code schema}.
 * Pure; used by the tests that keep {@code charts/weft-base} up to date, and by the command line to compare what a cluster has.
 */
@NullMarked
package dev.weft.resources.crd;

import org.jspecify.annotations.NullMarked;
