package dev.weft.injector.config;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * What the operator decides about injection. Made by {@link InjectorConfigReader} from the {@code values} of the ConfigMap {@code weft-injector}; immutable.
 *
 * @param revision of the control plane that injects; {@code default} is the one without a name
 * @param systemNamespace where the control plane runs: no pod of it is injected
 * @param templates named pieces of a pod in YAML, which pods ask for by {@code inject.istio.io/templates}
 * @param defaultTemplates what pods get that ask for none
 */
@Immutable
public record InjectorConfig(
        String revision,
        String systemNamespace,
        IstioNames istioNames,
        Selection selection,
        MeshFacts mesh,
        ProxyDefaults proxy,
        CaptureDefaults capture,
        ImmutableMap<String, String> templates,
        ImmutableList<String> defaultTemplates,
        ImmutableMap<String, String> injectedAnnotations) {

    /** The revision without a name. */
    public static final String DEFAULT_REVISION = "default";

    public boolean isDefaultRevision() {
        return revision.equals(DEFAULT_REVISION);
    }

    /** Whether Istio's labels choose pods, as on a cluster that comes from Istio. */
    public enum IstioNames {
        SERVED,
        IGNORED
    }

    /** A switch of which both positions have uses. */
    public enum Switch {
        ON,
        OFF;

        public static Switch of(boolean on) {
            return on ? ON : OFF;
        }

        public boolean isOn() {
            return this == ON;
        }
    }

    /**
     * Which pods of the chosen namespaces get a proxy.
     *
     * @param undecided pods that say nothing themselves
     * @param never labels of pods that get none unless they ask; asked before {@code always}
     */
    @Immutable
    public record Selection(Switch undecided, ImmutableList<Selector> never, ImmutableList<Selector> always) {}

    /**
     * What each proxy must know of its mesh.
     *
     * @param controlAddress host and port of the control plane's xDS
     */
    @Immutable
    public record MeshFacts(
            String controlAddress, String trustDomain, String clusterId, String network, String meshId) {}

    /** When the proxy is an init container that keeps running, which needs Kubernetes 1.29. */
    public enum NativeSidecar {
        AUTO,
        TRUE,
        FALSE
    }

    /** Requests and limits as Kubernetes has them, by name of the resource. */
    @Immutable
    public record Resources(ImmutableMap<String, String> requests, ImmutableMap<String, String> limits) {}

    /** The times of a probe. */
    @Immutable
    public record ProbeTimes(int initialDelaySeconds, int periodSeconds, int timeoutSeconds, int failureThreshold) {}

    /**
     * The proxy's container where no annotation says otherwise.
     *
     * @param imagePullPolicy empty: what Kubernetes does
     * @param concurrency absent: what the mesh's ProxyConfig says
     * @param environment more variables
     */
    @Immutable
    public record ProxyDefaults(
            String image,
            String imagePullPolicy,
            ImmutableList<String> imagePullSecrets,
            Resources resources,
            String logLevel,
            OptionalInt concurrency,
            NativeSidecar nativeSidecar,
            Switch exitOnZeroConnections,
            Duration certificateLifetime,
            Switch rewriteProbes,
            Switch mergeMetrics,
            ProbeTimes readiness,
            ProbeTimes startup,
            ImmutableMap<String, String> environment) {}

    /** How traffic reaches the proxy. */
    public enum InterceptionMode {
        REDIRECT,
        TPROXY,
        NONE
    }

    /**
     * What is captured where no annotation says otherwise; lists as {@code weft-capture} takes them.
     *
     * @param backend iptables, nftables or auto
     */
    @Immutable
    public record CaptureDefaults(
            InterceptionMode mode, Switch dns, String backend, Resources resources, CaptureLists lists) {}

    /** What is captured: each a list with commas, {@code *} for all where that makes sense. */
    @Immutable
    public record CaptureLists(
            String includeInboundPorts,
            String excludeInboundPorts,
            String includeOutboundRanges,
            String excludeOutboundRanges,
            String includeOutboundPorts,
            String excludeOutboundPorts,
            String excludeInterfaces,
            String virtualInterfaces) {}
}
