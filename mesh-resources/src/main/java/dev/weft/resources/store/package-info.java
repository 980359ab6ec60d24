/**
 * What is in force: the last valid version of every object, over all files. Takes what {@code parse} gives, hands resources and problems to the control plane.
 */
@NullMarked
package dev.weft.resources.store;

import org.jspecify.annotations.NullMarked;
