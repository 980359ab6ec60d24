/**
 * Capture by the kernel for real: network namespaces, the rules of {@code weft-capture}, a proxy behind them and programs that know nothing
 * of it. Needs root, {@code ip}, {@code nft} and {@code iptables}; without them the tests say so and are skipped, except with CI=true.
 */
package dev.weft.tests.capture;
