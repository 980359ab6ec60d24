/**
 * Joins what all sources say into one immutable {@code RegistrySnapshot}, and cuts from it what one proxy may read.
 *
 * <p>Pure but for {@code Debouncer}. Stations: {@code Debouncer}, {@code RegistrySnapshot}, {@code ProxyViews}.
 */
@NullMarked
package dev.weft.control.registry;

import org.jspecify.annotations.NullMarked;
