package dev.weft.proxy.pipeline;

import com.google.common.collect.ImmutableList;
import dev.weft.model.http.HttpFilter;
import dev.weft.proxy.filter.AlpnFilter;
import dev.weft.proxy.filter.PeerMetadataFilter;
import dev.weft.proxy.filter.RbacFilter;

/** Makes the running filter of each configured one. Pure. */
final class HttpFilters {
    private HttpFilters() {}

    /** In their order; those whose work is done elsewhere add none. */
    static void add(
            ImmutableList<HttpFilter> models,
            PipelineParts parts,
            ImmutableList.Builder<dev.weft.proxy.exchange.HttpFilter> filters) {
        for (HttpFilter model : models) {
            switch (model) {
                case HttpFilter.Authorization rbac ->
                    filters.add(new RbacFilter(
                            rbac.name(),
                            rbac.rules().orElse(null),
                            rbac.shadow().orElse(null)));
                case HttpFilter.AlpnOverride alpn -> filters.add(new AlpnFilter(alpn));
                case HttpFilter.PeerMetadata peer -> filters.add(new PeerMetadataFilter(peer, parts.self()));
                // The router stands behind the filters, not among them.
                case HttpFilter.Router ignored -> {}
                // Counted by the chain's observer.
                case HttpFilter.IstioStats ignored -> {}
                case HttpFilter.GrpcStats ignored -> {}
                // Nothing is configured for them.
                case HttpFilter.IdleFault ignored -> {}
                case HttpFilter.IdleCors ignored -> {}
            }
        }
    }
}
