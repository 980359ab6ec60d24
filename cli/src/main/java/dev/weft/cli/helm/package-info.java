/** Installs charts with Helm's own engine, a native library that only these commands load. Imports {@code output} only. */
@NullMarked
package dev.weft.cli.helm;

import org.jspecify.annotations.NullMarked;
