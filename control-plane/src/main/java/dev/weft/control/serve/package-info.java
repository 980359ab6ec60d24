/**
 * Serves xDS: subscriptions, pushes, acknowledgements.
 *
 * <p>Imports {@code control.cache}, {@code control.registry} and {@code control.ca}. Stations: {@code PushQueue}, {@code
 * AdsStream}, {@code AckTracker}.
 */
@NullMarked
package dev.weft.control.serve;

import org.jspecify.annotations.NullMarked;
