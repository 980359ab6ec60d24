/** The parts that injection adds to a pod or changes in it, one class a part. Imports {@code settings}, {@code config}, {@code patch} and {@code tree}. */
@NullMarked
package dev.weft.injector.render;

import org.jspecify.annotations.NullMarked;
