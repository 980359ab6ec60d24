package dev.weft.proxy.listener;

import com.google.common.collect.ImmutableList;
import org.jspecify.annotations.Nullable;

/**
 * What the first bytes of a connection said.
 *
 * @param transport {@code tls} or {@code raw_buffer}
 * @param serverName lower case, null where none was named
 * @param protocols offered by ALPN, or {@code http/1.0}, {@code http/1.1}, {@code h2c} where plaintext looks like it
 */
record Sniffed(String transport, @Nullable String serverName, ImmutableList<String> protocols) {
    static final String TLS = "tls";
    static final String RAW = "raw_buffer";
    /** Nothing was looked at, or nothing was found. */
    static final Sniffed NOTHING = new Sniffed(RAW, null, ImmutableList.of());

    static Sniffed http(String protocol) {
        return new Sniffed(RAW, null, ImmutableList.of(protocol));
    }
}
