package dev.weft.proxy.identity;

import com.google.common.collect.ImmutableList;
import dev.weft.model.tls.TlsContext;
import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.SslProvider;

/** Which implementation of TLS is used, and how the model's terms read in it. */
public enum TlsEngine {
    /** BoringSSL. */
    NATIVE,
    /** The JDK's, where there is no native library for the machine. */
    JDK;

    private static final String TLS_1_2 = "TLSv1.2";
    private static final String TLS_1_3 = "TLSv1.3";
    private static final ImmutableList<String> SUITES_1_3 =
            ImmutableList.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");
    /** Envoy's defaults for TLS 1.2. */
    private static final ImmutableList<String> SUITES_1_2 = ImmutableList.of(
            "ECDHE-ECDSA-AES128-GCM-SHA256",
            "ECDHE-ECDSA-CHACHA20-POLY1305",
            "ECDHE-RSA-AES128-GCM-SHA256",
            "ECDHE-RSA-CHACHA20-POLY1305",
            "ECDHE-ECDSA-AES256-GCM-SHA384",
            "ECDHE-RSA-AES256-GCM-SHA384");

    /** The fastest one that works on this machine. */
    public static TlsEngine best() {
        return OpenSsl.isAvailable() ? NATIVE : JDK;
    }

    SslProvider provider() {
        return this == NATIVE ? SslProvider.OPENSSL_REFCNT : SslProvider.JDK;
    }

    /** An unset maximum means 1.3 on both sides: an Envoy client stops at 1.2 there, for reasons of history only. */
    ImmutableList<String> protocols(TlsContext context) {
        boolean from12 = context.minVersion() != TlsContext.Version.TLS_1_3;
        boolean to13 = context.maxVersion() != TlsContext.Version.TLS_1_2;
        if (from12 && to13) {
            return ImmutableList.of(TLS_1_2, TLS_1_3);
        }
        if (!from12 && !to13) {
            throw new IllegalArgumentException("minimum TLS version 1.3 is above the maximum 1.2");
        }
        return ImmutableList.of(to13 ? TLS_1_3 : TLS_1_2);
    }

    ImmutableList<String> suites(TlsContext context) {
        ImmutableList<String> wanted = context.ciphers().isEmpty() ? SUITES_1_2 : context.ciphers();
        ImmutableList.Builder<String> suites = ImmutableList.builder();
        suites.addAll(SUITES_1_3);
        for (String name : wanted) {
            suites.add(ianaName(name));
        }
        return suites.build();
    }

    /** {@code ECDHE-RSA-AES128-GCM-SHA256} as {@code TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256}. */
    static String ianaName(String openSsl) {
        if (openSsl.startsWith("TLS_")) {
            return openSsl;
        }
        String name = openSsl.replace('-', '_');
        String exchange = "RSA";
        for (String prefix : new String[] {"ECDHE_ECDSA_", "ECDHE_RSA_"}) {
            if (name.startsWith(prefix)) {
                exchange = prefix.substring(0, prefix.length() - 1);
                name = name.substring(prefix.length());
            }
        }
        if (name.equals("CHACHA20_POLY1305")) {
            name += "_SHA256";
        }
        name = name.replace("AES128_", "AES_128_").replace("AES256_", "AES_256_");
        boolean cbc = !name.contains("GCM") && !name.contains("CHACHA20");
        if (cbc) {
            name = name.replace("AES_128_", "AES_128_CBC_").replace("AES_256_", "AES_256_CBC_");
        }
        return "TLS_" + exchange + "_WITH_" + name;
    }
}
