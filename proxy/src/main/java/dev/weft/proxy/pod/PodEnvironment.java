package dev.weft.proxy.pod;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import com.google.common.net.HostAndPort;
import dev.weft.proxy.agent.app.AppMetrics;
import dev.weft.proxy.agent.app.AppProbe;
import dev.weft.proxy.agent.app.AppProbes;
import dev.weft.proxy.dns.ResolvConf;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the environment of a pod's proxy says, parsed once. The injector writes these variables; their names are part of the contract
 * between the two, see {@code docs/sidecar.md}.
 *
 * @param pod which pod this is
 * @param mesh which mesh it takes part in
 * @param controlPlane whom it asks
 * @param ports where it listens for others than the mesh's traffic
 * @param runtime how it runs
 * @param application what it does for the application beside it
 * @param resolvers who answers DNS queries for names that are not the mesh's
 */
public record PodEnvironment(
        Pod pod,
        Mesh mesh,
        ControlPlane controlPlane,
        Ports ports,
        Runtime runtime,
        Application application,
        ResolvConf resolvers) {
    private static final String DEFAULT_CONTROL_PLANE = "weft-control.weft-system.svc:15012";
    private static final String DEFAULT_TOKEN = "/var/run/secrets/tokens/istio-token";
    private static final String DEFAULT_ROOT = "/var/run/secrets/istio/root-cert.pem";
    private static final String DEFAULT_DOMAIN = "cluster.local";

    /**
     * @param addresses of the pod, the first one its main one
     * @param workload name of the Deployment or what else made the pod
     * @param owner its path in the API server, as Istio writes it
     */
    public record Pod(
            String name,
            String namespace,
            ImmutableList<String> addresses,
            String serviceAccount,
            Placement placement,
            Workload workload) {}

    /** The node that the pod runs on. */
    public record Placement(String node, String address) {}

    /** What made the pod, and how it is marked. */
    public record Workload(
            String name,
            String owner,
            ImmutableSortedMap<String, String> labels,
            ImmutableSortedMap<String, String> annotations) {}

    /** @param domain of the cluster's DNS names */
    public record Mesh(
            String trustDomain, String clusterId, String network, String meshId, String revision, String domain) {}

    /**
     * @param serverName name that the control plane's certificate must carry
     * @param token file with the workload's credential
     * @param root file with the root by which the control plane is known
     */
    public record ControlPlane(String host, int port, String serverName, Path token, Path root) {}

    /**
     * @param agent merged metrics, probes of the application
     * @param health readiness
     * @param metrics of the proxy alone
     */
    public record Ports(int admin, int agent, int health, int metrics, int dns) {}

    /**
     * @param concurrency event loops; empty for the default
     * @param drain how long open connections may go on when the pod ends
     * @param certificateLifetime life asked for
     */
    public record Runtime(
            Interception interception,
            DnsCapture dns,
            OptionalInt concurrency,
            Duration drain,
            DrainEnd drainEnd,
            Duration certificateLifetime) {}

    /**
     * @param probes by the path under which the kubelet asks for them
     * @param metrics where the application's metrics are; empty where it has none
     */
    public record Application(ImmutableMap<String, AppProbe> probes, Optional<AppMetrics> metrics) {}

    /** The files of a pod that say what its environment does not; an empty text for one that is not there. */
    public record Files(String labels, String annotations, String resolvConf) {
        public static final Files NONE = new Files("", "", "");
    }

    /** How the application's traffic comes to the proxy. */
    public enum Interception {
        REDIRECT,
        TPROXY,
        NONE
    }

    /** Whether the application's DNS queries come to the proxy. */
    public enum DnsCapture {
        OFF,
        /** And the control plane gives addresses to hosts that declare none. */
        ON,
        /** Only what has an address of its own is answered. */
        WITHOUT_GIVEN_ADDRESSES
    }

    /** When draining is over. */
    public enum DrainEnd {
        /** When the time is up, or earlier when no connection is left. */
        TIME,
        /** When no connection is left, however long that takes; the kubelet's grace period ends it then. */
        NO_CONNECTIONS
    }

    /**
     * Parses the environment.
     *
     * @throws IllegalArgumentException with the variable that is missing or wrong
     */
    public static PodEnvironment parse(Map<String, String> environment, Files files) {
        Variables variables = new Variables(environment);
        String name = variables.required("POD_NAME", "the pod's name (metadata.name)");
        Pod pod = new Pod(
                name,
                variables.required("POD_NAMESPACE", "the pod's namespace (metadata.namespace)"),
                variables.addresses("INSTANCE_IPS"),
                variables.text("SERVICE_ACCOUNT", "default"),
                new Placement(variables.text("NODE_NAME", ""), variables.text("HOST_IP", "")),
                new Workload(
                        variables.text("WEFT_WORKLOAD_NAME", name),
                        variables.text("WEFT_OWNER", ""),
                        PodInfo.parse(files.labels()),
                        PodInfo.parse(files.annotations())));
        String trustDomain = variables.text("WEFT_TRUST_DOMAIN", DEFAULT_DOMAIN);
        Mesh mesh = new Mesh(
                trustDomain,
                variables.text("WEFT_CLUSTER_ID", "Kubernetes"),
                variables.text("WEFT_NETWORK", ""),
                variables.text("WEFT_MESH_ID", trustDomain),
                variables.text("WEFT_REVISION", "default"),
                variables.text("WEFT_CLUSTER_DOMAIN", DEFAULT_DOMAIN));
        Ports ports = ports(variables);
        return new PodEnvironment(
                pod,
                mesh,
                controlPlane(variables),
                ports,
                runtime(variables),
                application(variables, ports),
                ResolvConf.parse(files.resolvConf()));
    }

    private static ControlPlane controlPlane(Variables variables) {
        HostAndPort address;
        try {
            address = HostAndPort.fromString(variables.text("WEFT_CONTROL_ADDRESS", DEFAULT_CONTROL_PLANE));
        } catch (IllegalArgumentException e) {
            throw variables.wrong("WEFT_CONTROL_ADDRESS", "host:port");
        }
        if (!address.hasPort() || address.getHost().isEmpty()) {
            throw variables.wrong("WEFT_CONTROL_ADDRESS", "host:port");
        }
        return new ControlPlane(
                address.getHost(),
                address.getPort(),
                variables.text("WEFT_CONTROL_NAME", address.getHost()),
                Path.of(variables.text("WEFT_TOKEN_FILE", DEFAULT_TOKEN)),
                Path.of(variables.text("WEFT_ROOT_FILE", DEFAULT_ROOT)));
    }

    private static Ports ports(Variables variables) {
        return new Ports(
                variables.port("WEFT_ADMIN_PORT", 15_000),
                variables.port("WEFT_AGENT_PORT", 15_020),
                variables.port("WEFT_HEALTH_PORT", 15_021),
                variables.port("WEFT_METRICS_PORT", 15_090),
                variables.port("WEFT_DNS_PORT", 15_053));
    }

    private static Runtime runtime(Variables variables) {
        OptionalInt concurrency = variables.number("WEFT_CONCURRENCY", 0, 1024);
        return new Runtime(
                variables.choice("WEFT_INTERCEPTION_MODE", Interception.REDIRECT),
                dns(variables),
                concurrency.isPresent() && concurrency.getAsInt() == 0 ? everyCpu() : concurrency,
                variables.seconds("WEFT_DRAIN_SECONDS", Duration.ofSeconds(5), 0),
                variables.flag("WEFT_EXIT_ON_ZERO_CONNECTIONS") ? DrainEnd.NO_CONNECTIONS : DrainEnd.TIME,
                variables.seconds("WEFT_CERT_LIFETIME_SECONDS", Duration.ofHours(24), 1));
    }

    private static DnsCapture dns(Variables variables) {
        if (!variables.flag("WEFT_DNS_CAPTURE")) {
            return DnsCapture.OFF;
        }
        // Istio's name, as proxyMetadata brings it into the environment.
        return variables.flag("ISTIO_META_DNS_AUTO_ALLOCATE", true)
                ? DnsCapture.ON
                : DnsCapture.WITHOUT_GIVEN_ADDRESSES;
    }

    private static Application application(Variables variables, Ports ports) {
        ImmutableMap<String, AppProbe> probes =
                variables.parsed("WEFT_APP_PROBES", AppProbes::parse).orElse(ImmutableMap.of());
        // The agent would ask itself, and that one itself again.
        Optional<AppMetrics> metrics = variables
                .parsed("WEFT_APP_METRICS", AppProbes::parseMetrics)
                .filter(found -> found.port() != ports.agent());
        return new Application(probes, metrics);
    }

    /** Istio's meaning of a concurrency of 0. */
    private static OptionalInt everyCpu() {
        return OptionalInt.of(java.lang.Runtime.getRuntime().availableProcessors());
    }
}
