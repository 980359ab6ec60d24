/**
 * Keys and trust: named secrets, the TLS contexts built of them, verification of peers. May import {@code proxy.exchange} and
 * {@code proxy.config}. Private keys never leave this package but into the TLS provider.
 */
@NullMarked
package dev.weft.proxy.identity;

import org.jspecify.annotations.NullMarked;
