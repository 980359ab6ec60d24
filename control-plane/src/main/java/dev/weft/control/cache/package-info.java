/**
 * Keeps, for each view in use, the encoded resources that its proxies are to have.
 *
 * <p>Imports {@code control.translate} and {@code control.registry}; the wire format comes from {@code mesh-xds}. Station:
 * {@code ViewCache}.
 */
@NullMarked
package dev.weft.control.cache;

import org.jspecify.annotations.NullMarked;
