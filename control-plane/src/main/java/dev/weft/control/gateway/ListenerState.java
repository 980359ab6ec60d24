package dev.weft.control.gateway;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.KubernetesGateway.Listener;
import dev.weft.resources.KubernetesGateway.RouteKind;
import dev.weft.resources.ServerTls;
import java.util.Optional;

/**
 * What became of a listener.
 *
 * @param tls with the certificate's namespace filled in; absent where the listener is plain
 * @param certificate whether the certificate may be used, if there is one
 * @param conflict why the listener is not in force at all
 * @param unresolved what it refers to in vain
 * @param kinds the routes that may attach
 * @param routes those that did, the oldest first
 */
@Immutable
public record ListenerState(
        Listener listener,
        Optional<ServerTls> tls,
        CertificateUse certificate,
        Optional<Refusal> conflict,
        Optional<Refusal> unresolved,
        ImmutableList<RouteKind> kinds,
        ImmutableList<AttachedRoute> routes) {

    public boolean accepted() {
        return conflict.isEmpty();
    }

    /** Whether a listener may use the Secret that it names. */
    public enum CertificateUse {
        PERMITTED,
        /** Nobody in the Secret's namespace lets it. */
        REFUSED
    }
}
