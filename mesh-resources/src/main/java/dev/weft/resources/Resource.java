package dev.weft.resources;

import com.google.errorprone.annotations.Immutable;

/** One object that somebody wrote, read and found valid. */
@Immutable
public sealed interface Resource
        permits AuthorizationPolicy,
                DestinationRule,
                EndpointSlice,
                GatewayClass,
                GatewayRoute,
                IstioGateway,
                KubernetesGateway,
                KubernetesService,
                MeshConfig,
                Namespace,
                Node,
                PeerAuthentication,
                Pod,
                ReferenceGrant,
                Secret,
                ServiceEntry,
                Sidecar,
                VirtualService,
                WorkloadEntry {
    ResourceMeta meta();

    default ResourceKey key() {
        return meta().key();
    }
}
