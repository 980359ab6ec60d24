package dev.weft.resources;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.errorprone.annotations.Immutable;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What holds for the whole mesh: Istio's mesh configuration, every field with its default filled in. There is one; {@link #DEFAULT} where
 * nobody wrote any.
 *
 * @param trustDomainAliases other names under which this mesh's identities are known
 * @param connectTimeout of connections to endpoints
 * @param defaultHttpRetryPolicy absent: the built-in one
 * @param protocolDetectionTimeout zero: wait for the client's first bytes for ever
 * @param h2UpgradePolicy never {@link ConnectionPool.UpgradePolicy#DEFAULT}
 * @param discoverySelectors one of them must select a namespace for the mesh to look into it; none: all namespaces
 */
@Immutable
public record MeshConfig(
        ResourceMeta meta,
        String rootNamespace,
        String trustDomain,
        ImmutableList<String> trustDomainAliases,
        OutboundTrafficPolicy outboundTrafficPolicy,
        AccessLog accessLog,
        Duration connectTimeout,
        ProxyConfig defaultConfig,
        Optional<HttpRetry> defaultHttpRetryPolicy,
        AutoMtls autoMtls,
        Ports ports,
        PathNormalization pathNormalization,
        Duration protocolDetectionTimeout,
        DefaultExports defaultExports,
        LocalityLoadBalancing localityLoadBalancing,
        ConnectionPool.UpgradePolicy h2UpgradePolicy,
        ImmutableList<NamespaceSelector> discoverySelectors,
        InboundTrafficPolicy inboundTrafficPolicy)
        implements Resource {

    private static final ImmutableSet<String> EVERYONE = ImmutableSet.of("*");

    /** The mesh of those who wrote no configuration. */
    public static final MeshConfig DEFAULT = new MeshConfig(
            new ResourceMeta(
                    ResourceKind.MESH_CONFIG,
                    ResourceKind.MESH_CONFIG.apiVersion(),
                    "",
                    "istio",
                    ImmutableMap.of(),
                    ImmutableMap.of(),
                    Optional.empty(),
                    "",
                    0,
                    new SourceLocation("(built in)", 0, 0)),
            "istio-system",
            "cluster.local",
            ImmutableList.of(),
            OutboundTrafficPolicy.ALLOW_ANY,
            new AccessLog("", new AccessLog.Line("")),
            Duration.ofSeconds(10),
            new ProxyConfig(
                    OptionalInt.empty(),
                    Duration.ofSeconds(45),
                    Duration.ofSeconds(5),
                    ProxyConfig.ApplicationStart.AT_ONCE,
                    ImmutableMap.of()),
            Optional.empty(),
            AutoMtls.ENABLED,
            new Ports(15001, 15006, OptionalInt.empty()),
            PathNormalization.BASE,
            Duration.ZERO,
            new DefaultExports(EVERYONE, EVERYONE, EVERYONE),
            LocalityLoadBalancing.ENABLED,
            ConnectionPool.UpgradePolicy.DO_NOT_UPGRADE,
            ImmutableList.of(),
            InboundTrafficPolicy.PASSTHROUGH);

    public MeshConfig withRootNamespace(String namespace) {
        return with(namespace, trustDomain);
    }

    public MeshConfig withTrustDomain(String domain) {
        return with(rootNamespace, domain);
    }

    private MeshConfig with(String namespace, String domain) {
        return new MeshConfig(
                meta,
                namespace,
                domain,
                trustDomainAliases,
                outboundTrafficPolicy,
                accessLog,
                connectTimeout,
                defaultConfig,
                defaultHttpRetryPolicy,
                autoMtls,
                ports,
                pathNormalization,
                protocolDetectionTimeout,
                defaultExports,
                localityLoadBalancing,
                h2UpgradePolicy,
                discoverySelectors,
                inboundTrafficPolicy);
    }

    /** What a proxy does with traffic to hosts that nobody declared. */
    public enum OutboundTrafficPolicy {
        ALLOW_ANY,
        REGISTRY_ONLY
    }

    /** Where captured traffic for an application goes. */
    public enum InboundTrafficPolicy {
        /** To the address that the client dialled. */
        PASSTHROUGH,
        /** To the loopback address, as Istio did before 1.10. */
        LOCALHOST
    }

    /** Whether clients use mutual TLS wherever the server can, without being told. */
    public enum AutoMtls {
        ENABLED,
        DISABLED
    }

    /** Whether near endpoints are preferred. */
    public enum LocalityLoadBalancing {
        ENABLED,
        DISABLED
    }

    /** How far a path is simplified before rules look at it. */
    public enum PathNormalization {
        NONE,
        /** RFC 3986, and backslashes become slashes. */
        BASE,
        MERGE_SLASHES,
        DECODE_AND_MERGE_SLASHES
    }

    /**
     * Where proxies write one line per exchange.
     *
     * @param file empty: no access log
     */
    @Immutable
    public record AccessLog(String file, Format format) {
        /** The shape of a line. */
        @Immutable
        public sealed interface Format {}

        /** {@code accessLogEncoding: TEXT}, with the text of {@code accessLogFormat}; empty: the default line. */
        public record Line(String text) implements Format {}

        /** {@code accessLogEncoding: JSON}, with the members of the object in {@code accessLogFormat}, in their order; empty: the default ones. */
        public record Members(ImmutableMap<String, String> texts) implements Format {}
    }

    /**
     * Ports of every proxy.
     *
     * @param outbound for captured outbound traffic
     * @param inbound for captured inbound traffic
     * @param httpProxy an explicit HTTP proxy; absent: none
     */
    @Immutable
    public record Ports(int outbound, int inbound, OptionalInt httpProxy) {}

    /** Who sees objects that do not say it. */
    @Immutable
    public record DefaultExports(
            ImmutableSet<String> services,
            ImmutableSet<String> virtualServices,
            ImmutableSet<String> destinationRules) {}

    /**
     * How proxies themselves run.
     *
     * @param concurrency event loops; absent: from the CPU limit; 0: one per core
     * @param drainDuration how long connections of a replaced configuration may go on
     * @param terminationDrainDuration how long a proxy that was told to end goes on
     */
    @Immutable
    public record ProxyConfig(
            OptionalInt concurrency,
            Duration drainDuration,
            Duration terminationDrainDuration,
            ApplicationStart applicationStart,
            ImmutableMap<String, String> proxyMetadata) {
        /** Whether the application waits for its proxy ({@code holdApplicationUntilProxyStarts}). */
        public enum ApplicationStart {
            AT_ONCE,
            AFTER_PROXY
        }
    }
}
