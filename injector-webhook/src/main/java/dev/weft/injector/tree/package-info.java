/** Pods and configuration as JSON trees, and what is said about them. Imports Jackson, and {@code mesh-resources} for reading YAML. */
@NullMarked
package dev.weft.injector.tree;

import org.jspecify.annotations.NullMarked;
