/**
 * Puts the proxy into pods: {@code select} decides, {@code settings} reads what the pod asks for, {@code render} makes the parts,
 * {@link dev.weft.injector.Injector} joins them. Pure: the webhook and {@code meshctl inject} hand it pods and take patches.
 */
@NullMarked
package dev.weft.injector;

import org.jspecify.annotations.NullMarked;
