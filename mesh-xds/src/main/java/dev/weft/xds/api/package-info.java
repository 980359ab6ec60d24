/** The type URLs of the API and the lite parsers behind them. */
@NullMarked
package dev.weft.xds.api;

import org.jspecify.annotations.NullMarked;
