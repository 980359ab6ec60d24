/** Model to protobuf, one class per subject. The entry point is {@link dev.weft.xds.encode.XdsEncoder}. */
@NullMarked
package dev.weft.xds.encode;

import org.jspecify.annotations.NullMarked;
