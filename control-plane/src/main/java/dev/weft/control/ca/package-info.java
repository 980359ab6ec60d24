/**
 * Checks who calls, checks what they ask to be signed, signs, and renews the control plane's own certificate.
 *
 * <p>Knows no resource and no xDS. Stations: {@code CallerInterceptor} (every call), {@code CertificateService} (a
 * signing request), {@code CertificateAuthority} (the signature).
 */
@NullMarked
package dev.weft.control.ca;

import org.jspecify.annotations.NullMarked;
