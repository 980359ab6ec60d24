package dev.weft.control.cache;

import com.google.common.collect.ImmutableMap;
import dev.weft.control.registry.GatewayView;
import dev.weft.control.registry.GatewayView.Material;
import dev.weft.control.registry.ProxyView;
import dev.weft.xds.SecretResource;
import java.util.Map;

/** The Secrets of a gateway's view as resources. A sidecar has none. Pure. */
final class GatewaySecretResources {

    private GatewaySecretResources() {}

    static ImmutableMap<String, SecretResource> of(ProxyView view) {
        ImmutableMap<String, Material> secrets =
                view.gateway().map(GatewayView::secrets).orElse(ImmutableMap.of());
        return secrets.entrySet().stream()
                .collect(ImmutableMap.toImmutableMap(Map.Entry::getKey, GatewaySecretResources::resource));
    }

    private static SecretResource resource(Map.Entry<String, Material> secret) {
        return switch (secret.getValue()) {
            case Material.KeyPair(var chain, var key) ->
                new SecretResource.KeyPair(secret.getKey(), chain.bytes(), key.bytes());
            case Material.Roots(var certificates) ->
                new SecretResource.TrustBundle(secret.getKey(), certificates.bytes());
        };
    }
}
