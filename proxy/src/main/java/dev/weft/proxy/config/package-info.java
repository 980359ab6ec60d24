/** The current configuration as one immutable object, and where it is published. Imports the model only. */
@NullMarked
package dev.weft.proxy.config;

import org.jspecify.annotations.NullMarked;
