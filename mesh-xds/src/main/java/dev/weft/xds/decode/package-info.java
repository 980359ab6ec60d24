/** Protobuf to model, one class per subject, collecting problems. The entry point is {@link dev.weft.xds.decode.XdsDecoder}. */
@NullMarked
package dev.weft.xds.decode;

import org.jspecify.annotations.NullMarked;
