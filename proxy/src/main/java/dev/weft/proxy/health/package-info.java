/**
 * What is known of an endpoint's health beside what discovery says: ejection of outliers.
 *
 * <p>Imports {@code proxy.balance} and what lies below it. Hears results through {@link dev.weft.proxy.health.HostMonitor}.
 */
@NullMarked
package dev.weft.proxy.health;

import org.jspecify.annotations.NullMarked;
