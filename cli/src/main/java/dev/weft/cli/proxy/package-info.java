/** Asks a proxy over its admin port and turns its config dump into tables; works on a stock Envoy too. */
@NullMarked
package dev.weft.cli.proxy;

import org.jspecify.annotations.NullMarked;
