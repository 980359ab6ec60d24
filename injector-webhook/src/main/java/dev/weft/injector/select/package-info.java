/** Whether a pod gets a proxy, and why not. Imports {@code config} and {@code tree}. */
@NullMarked
package dev.weft.injector.select;

import org.jspecify.annotations.NullMarked;
