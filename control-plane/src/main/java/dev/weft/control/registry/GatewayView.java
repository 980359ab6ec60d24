package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import dev.weft.control.gateway.AttachedRoute;
import dev.weft.control.gateway.ListenerState.CertificateUse;
import dev.weft.model.Provenance;
import dev.weft.resources.Protocol;
import dev.weft.resources.SecretBytes;
import dev.weft.resources.ServerTls;
import dev.weft.resources.VirtualService;
import java.util.Optional;

/**
 * What a gateway opens.
 *
 * @param ports by number and address, the servers of all Gateways together
 * @param secrets that it may have, by the names under which it asks for them; what it may not have is not here
 */
@Immutable
public record GatewayView(ImmutableList<Port> ports, ImmutableMap<String, Material> secrets) {

    /**
     * One listening socket.
     *
     * @param bindPort where what clients call arrives at the gateway
     * @param bind absent: every address
     * @param traffic what is spoken on it, the same for all servers
     */
    @Immutable
    public record Port(int bindPort, Optional<String> bind, Traffic traffic, ImmutableList<Server> servers) {}

    /** What is spoken on a socket. */
    public enum Traffic {
        HTTP,
        TLS,
        OPAQUE
    }

    /**
     * Some hosts on a port.
     *
     * @param origin whose rules hold for it
     * @param gateway the object that declares it
     * @param number of the port that clients call; servers of several may share a socket
     * @param name of the port in it
     * @param hosts DNS names, {@code *.suffix} or {@code *}
     * @param tls credentials have their namespace filled in; absent on plain ports
     * @param certificate whether the gateway may have the Secret that is named
     * @param rules what is done with requests, in order
     */
    @Immutable
    public record Server(
            Origin origin,
            Provenance gateway,
            int number,
            String name,
            Protocol protocol,
            ImmutableList<String> hosts,
            Optional<ServerTls> tls,
            CertificateUse certificate,
            ImmutableList<Rules> rules) {

        /** The name by which VirtualServices refer to the Gateway. */
        public String reference() {
            return gateway.namespace() + "/" + gateway.name();
        }
    }

    /** Both have a kind of the name Gateway. */
    public enum Origin {
        ISTIO,
        GATEWAY_API
    }

    /** What is done with requests for some of a server's hosts. */
    @Immutable
    public sealed interface Rules {
        /** @param hosts what server and VirtualService have in common */
        @Immutable
        record Istio(VirtualService service, ImmutableList<String> hosts) implements Rules {}

        @Immutable
        record Api(AttachedRoute route) implements Rules {}
    }

    /** Key material on its way to a gateway. */
    @Immutable
    public sealed interface Material {
        /** A certificate chain and its key, in PEM. */
        @Immutable
        record KeyPair(SecretBytes chain, SecretBytes key) implements Material {}

        /** Certificates that are trusted, in PEM. */
        @Immutable
        record Roots(SecretBytes certificates) implements Material {}
    }
}
