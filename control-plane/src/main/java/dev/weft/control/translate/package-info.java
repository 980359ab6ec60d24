/**
 * From what one proxy may read to what it must do: pure functions {@code ProxyView -> ProxyConfig}, one class per subject.
 *
 * <p>Imports {@code registry}, the resources and the model. Station: {@code ProxyTranslator}.
 */
@NullMarked
package dev.weft.control.translate;

import org.jspecify.annotations.NullMarked;
