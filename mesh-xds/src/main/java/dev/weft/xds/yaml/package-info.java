/** A reader for the part of YAML that bootstraps are written in. */
@NullMarked
package dev.weft.xds.yaml;

import org.jspecify.annotations.NullMarked;
