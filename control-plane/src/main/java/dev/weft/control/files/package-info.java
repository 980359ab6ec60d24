/**
 * The source that reads a directory of YAML and watches it. An adapter at the rim: file system in, {@code SourceState} out.
 */
@NullMarked
package dev.weft.control.files;

import org.jspecify.annotations.NullMarked;
