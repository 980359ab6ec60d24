/**
 * {@code weft-capture}, a program of its own: writes the kernel's rules that send a pod's traffic through its proxy, checks them and
 * takes them away. Imports the JDK only, nothing of the proxy: it runs for a moment before the proxy does, and must start fast.
 *
 * <p>The core is pure: {@link dev.weft.proxy.capture.CaptureOptions} → {@link dev.weft.proxy.capture.CaptureRules} →
 * {@link dev.weft.proxy.capture.RuleSet} → text for iptables-restore or for nft. {@link dev.weft.proxy.capture.Capture} and the backends
 * are the thin shell around it.
 */
@NullMarked
package dev.weft.proxy.capture;

import org.jspecify.annotations.NullMarked;
