/** Differences and merges of JSON trees, in the forms that Kubernetes knows: JSON patch and strategic merge. Imports Jackson only. */
@NullMarked
package dev.weft.injector.patch;

import org.jspecify.annotations.NullMarked;
