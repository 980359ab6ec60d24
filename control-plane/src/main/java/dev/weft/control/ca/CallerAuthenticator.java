package dev.weft.control.ca;

/**
 * Turns a bearer token into an identity. The port between the gRPC services and whoever vouches for workloads: {@link
 * WorkloadTokens} in standalone mode, a token review against the API server in Kubernetes.
 *
 * <p>Called on a virtual thread, so an implementation may block; it must be safe for many threads.
 */
public interface CallerAuthenticator {

    Authentication authenticate(String bearerToken);
}
