/** Listeners, filter chains, network filters, and the pure function that picks the chain of a connection. */
@NullMarked
package dev.weft.model.listener;

import org.jspecify.annotations.NullMarked;
