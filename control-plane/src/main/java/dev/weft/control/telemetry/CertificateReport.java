package dev.weft.control.telemetry;

import com.google.errorprone.annotations.Immutable;
import java.time.Instant;

/** What proxies say about their certificates; never a key. */
public final class CertificateReport {

    private CertificateReport() {}

    /**
     * One certificate in use.
     *
     * @param serial lowercase hex
     * @param secret the secret that it was given out as, such as {@code default}
     */
    @Immutable
    public record Certificate(String serial, String spiffeId, Instant notBefore, Instant notAfter, String secret) {}
}
