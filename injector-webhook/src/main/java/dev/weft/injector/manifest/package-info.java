/** Injection into files: the documents of a manifest, the workloads in them. {@code meshctl inject} hands it the text. Imports everything below. */
@NullMarked
package dev.weft.injector.manifest;

import org.jspecify.annotations.NullMarked;
