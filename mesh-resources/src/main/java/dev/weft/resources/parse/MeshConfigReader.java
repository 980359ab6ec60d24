package dev.weft.resources.parse;

import com.google.common.collect.ImmutableSet;
import dev.weft.resources.ConnectionPool.UpgradePolicy;
import dev.weft.resources.HttpRetry;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.MeshConfig.AutoMtls;
import dev.weft.resources.MeshConfig.DefaultExports;
import dev.weft.resources.MeshConfig.LocalityLoadBalancing;
import dev.weft.resources.MeshConfig.PathNormalization;
import dev.weft.resources.MeshConfig.Ports;
import dev.weft.resources.MeshConfig.ProxyConfig;
import dev.weft.resources.ResourceMeta;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads the mesh configuration; what is not written has the value of {@link MeshConfig#DEFAULT}. */
final class MeshConfigReader {
    private MeshConfigReader() {}

    static MeshConfig read(ResourceMeta meta, Fields mesh) {
        MeshConfig defaults = MeshConfig.DEFAULT;
        return new MeshConfig(
                meta,
                mesh.text("rootNamespace").orElse(defaults.rootNamespace()),
                trustDomain(mesh),
                mesh.texts("trustDomainAliases"),
                mesh.message("outboundTrafficPolicy")
                        .map(SidecarReader::outboundPolicy)
                        .orElse(defaults.outboundTrafficPolicy()),
                AccessLogReader.read(mesh),
                mesh.duration("connectTimeout").orElse(defaults.connectTimeout()),
                mesh.message("defaultConfig").map(MeshConfigReader::proxyConfig).orElse(defaults.defaultConfig()),
                retryPolicy(mesh),
                mesh.optionalFlag("enableAutoMtls").orElse(true) ? AutoMtls.ENABLED : AutoMtls.DISABLED,
                ports(mesh, defaults.ports()),
                mesh.message("pathNormalization")
                        .flatMap(fields -> fields.text("normalization"))
                        .map(MeshConfigReader::pathNormalization)
                        .orElse(defaults.pathNormalization()),
                mesh.duration("protocolDetectionTimeout").orElse(defaults.protocolDetectionTimeout()),
                exports(mesh, defaults.defaultExports()),
                mesh.message("localityLbSetting")
                                .flatMap(fields -> fields.optionalFlag("enabled"))
                                .orElse(true)
                        ? LocalityLoadBalancing.ENABLED
                        : LocalityLoadBalancing.DISABLED,
                mesh.choice("h2UpgradePolicy", UpgradePolicy.class)
                        .filter(policy -> policy != UpgradePolicy.DEFAULT)
                        .orElse(defaults.h2UpgradePolicy()),
                mesh.list("discoverySelectors", NamespaceSelectorReader::read),
                mesh.message("inboundTrafficPolicy")
                        .flatMap(fields -> fields.choice("mode", MeshConfig.InboundTrafficPolicy.class))
                        .orElse(defaults.inboundTrafficPolicy()));
    }

    private static String trustDomain(Fields mesh) {
        String trustDomain = mesh.text("trustDomain").orElse(MeshConfig.DEFAULT.trustDomain());
        if (!Formats.isDnsName(trustDomain)) {
            mesh.checks().invalid(mesh.at("trustDomain"), "found \"" + trustDomain + "\", expected a DNS name");
        }
        return trustDomain;
    }

    private static Optional<HttpRetry> retryPolicy(Fields mesh) {
        mesh.message("defaultHttpRetryPolicy")
                .filter(fields -> fields.isSet("perTryTimeout"))
                .ifPresent(fields -> mesh.checks()
                        .conflict(
                                fields.at("perTryTimeout"),
                                "only a rule may set it: the mesh knows no rule's timeout"));
        return mesh.message("defaultHttpRetryPolicy").map(HttpRouteReader::retry);
    }

    private static Ports ports(Fields mesh, Ports defaults) {
        OptionalInt httpProxy = mesh.positive("proxyHttpPort");
        if (httpProxy.orElse(1) > 65535) {
            mesh.checks().invalid(mesh.at("proxyHttpPort"), "found " + httpProxy.getAsInt() + ", expected a port or 0");
        }
        return new Ports(
                mesh.number("proxyListenPort").orElse(defaults.outbound()),
                mesh.number("proxyInboundListenPort").orElse(defaults.inbound()),
                httpProxy);
    }

    private static DefaultExports exports(Fields mesh, DefaultExports defaults) {
        return new DefaultExports(
                exportTo(mesh, "defaultServiceExportTo", defaults.services()),
                exportTo(mesh, "defaultVirtualServiceExportTo", defaults.virtualServices()),
                exportTo(mesh, "defaultDestinationRuleExportTo", defaults.destinationRules()));
    }

    private static ImmutableSet<String> exportTo(Fields mesh, String field, ImmutableSet<String> absent) {
        ImmutableSet<String> set = CommonReader.exportTo(mesh, field);
        return set.isEmpty() ? absent : set;
    }

    private static PathNormalization pathNormalization(String text) {
        return text.equals("DEFAULT") ? PathNormalization.BASE : PathNormalization.valueOf(text);
    }

    private static ProxyConfig proxyConfig(Fields fields) {
        ProxyConfig defaults = MeshConfig.DEFAULT.defaultConfig();
        return new ProxyConfig(
                fields.number("concurrency"),
                fields.duration("drainDuration").orElse(defaults.drainDuration()),
                fields.duration("terminationDrainDuration").orElse(defaults.terminationDrainDuration()),
                fields.flag("holdApplicationUntilProxyStarts")
                        ? ProxyConfig.ApplicationStart.AFTER_PROXY
                        : ProxyConfig.ApplicationStart.AT_ONCE,
                fields.textMap("proxyMetadata"));
    }
}
