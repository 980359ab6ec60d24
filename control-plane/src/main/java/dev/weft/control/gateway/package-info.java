/**
 * What the objects of the Gateway API say together: which routes attach to which listeners and services, where their backends are, which
 * certificates may be used, and what of it is refused and why. Pure.
 *
 * <p>Imports {@code mesh-resources} only. The registry cuts views from it, {@code status} writes it onto the objects.
 */
@NullMarked
package dev.weft.control.gateway;

import org.jspecify.annotations.NullMarked;
