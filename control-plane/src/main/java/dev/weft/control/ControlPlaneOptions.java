package dev.weft.control;

import com.google.errorprone.annotations.Immutable;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What the command line says.
 *
 * @param place what the control plane stands on
 * @param certificateLifetime of the control plane's own certificate
 */
@Immutable
public record ControlPlaneOptions(Place place, Ports ports, Duration certificateLifetime) {

    static final String USAGE = """
            usage: weft-control --files DIR --state DIR [--mesh-config FILE] [--xds-port N] [--http-port N]
                   weft-control --kubernetes [--namespace NS] [--revision R] [--cluster-id ID] [--kubeconfig FILE]
                                [--xds-port N] [--http-port N] [--webhook-port N]

            without a cluster:
              --files DIR         directory of YAML, watched
              --state DIR         directory for the certificate authority, the token key and control.json
              --mesh-config FILE  mesh configuration that is not among the files

            on Kubernetes:
              --kubernetes        resources, identities and the authority's key come from the API server
              --namespace NS      the control plane's own namespace (default: $POD_NAMESPACE, else weft-system)
              --revision R        which of several control planes this is (default: default)
              --cluster-id ID     name of the cluster in the mesh (default: Kubernetes)
              --kubeconfig FILE   how to reach the API server (default: as a pod of the cluster, or as kubectl)
              --webhook-port N    port for the API server's webhook calls (TLS), 0 for any free one (default 15017)

            both:
              --xds-port N        port for proxies (TLS), 0 for any free one (default 15012)
              --http-port N       port for the API and metrics, 0 for any free one (default 15014)
              --certificate-lifetime SECONDS
                                  of the control plane's own certificate, renewed at half of it (default 86400)
            """;

    private static final int DEFAULT_XDS_PORT = 15012;
    private static final int DEFAULT_HTTP_PORT = 15014;
    private static final int DEFAULT_WEBHOOK_PORT = 15017;
    private static final String DEFAULT_NAMESPACE = "weft-system";
    private static final String DEFAULT_REVISION = "default";
    private static final String DEFAULT_CLUSTER = "Kubernetes";
    private static final Duration DEFAULT_LIFETIME = Duration.ofDays(1);
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
    private static final Pattern SECONDS = Pattern.compile("[1-9][0-9]{0,7}");

    private static final String FILES = "--files";
    private static final String STATE = "--state";
    private static final String MESH_CONFIG = "--mesh-config";
    private static final String KUBERNETES = "--kubernetes";
    private static final String NAMESPACE = "--namespace";
    private static final String REVISION = "--revision";
    private static final String CLUSTER_ID = "--cluster-id";
    private static final String KUBECONFIG = "--kubeconfig";
    private static final String WEBHOOK_PORT = "--webhook-port";
    private static final Set<String> ANYWHERE = Set.of("--xds-port", "--http-port", "--certificate-lifetime");
    private static final Set<String> ON_FILES = Set.of(FILES, STATE, MESH_CONFIG);
    private static final Set<String> ON_KUBERNETES = Set.of(NAMESPACE, REVISION, CLUSTER_ID, KUBECONFIG, WEBHOOK_PORT);

    /** What the control plane stands on. */
    @Immutable
    public sealed interface Place {}

    /**
     * A machine without a cluster.
     *
     * @param files directory of YAML
     * @param state directory for the authority, the token key and {@code control.json}
     * @param meshConfig a mesh configuration outside {@code files}
     */
    @Immutable
    @SuppressWarnings("Immutable") // paths of the default file system are immutable
    public record Files(Path files, Path state, Optional<Path> meshConfig) implements Place {}

    /**
     * A cluster.
     *
     * @param namespace the control plane's own
     * @param revision {@code default} where there is one control plane only
     * @param kubeconfig how to reach the API server; absent: as a pod of the cluster
     */
    @Immutable
    @SuppressWarnings("Immutable") // paths of the default file system are immutable
    public record Kubernetes(String namespace, String revision, String clusterId, Optional<Path> kubeconfig)
            implements Place {

        /** {@code base}, or {@code base-REVISION}. */
        String revisioned(String base) {
            return revision.equals(DEFAULT_REVISION) ? base : base + "-" + revision;
        }
    }

    /** Where to listen; 0 for any free port. */
    @Immutable
    public record Ports(int xds, int http, int webhook) {}

    /** The command line is wrong; the message says where. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1L;

        UsageException(String message) {
            super(message);
        }
    }

    /** Without a cluster, and with all else as usual. */
    public static ControlPlaneOptions onFiles(Path files, Path state, int xdsPort, int httpPort) {
        return new ControlPlaneOptions(
                new Files(files, state, Optional.empty()), new Ports(xdsPort, httpPort, 0), DEFAULT_LIFETIME);
    }

    static ControlPlaneOptions parse(List<String> arguments, Map<String, String> environment) throws UsageException {
        boolean kubernetes = arguments.contains(KUBERNETES);
        Map<String, String> values = values(arguments, kubernetes ? ON_KUBERNETES : ON_FILES);
        Ports ports = new Ports(
                port(values, "--xds-port", DEFAULT_XDS_PORT),
                port(values, "--http-port", DEFAULT_HTTP_PORT),
                port(values, WEBHOOK_PORT, DEFAULT_WEBHOOK_PORT));
        return new ControlPlaneOptions(
                kubernetes ? kubernetes(values, environment) : files(values), ports, lifetime(values));
    }

    private static Map<String, String> values(List<String> arguments, Set<String> here) throws UsageException {
        Map<String, String> values = new HashMap<>();
        int i = 0;
        while (i < arguments.size()) {
            String argument = arguments.get(i++);
            int equals = argument.indexOf('=');
            String option = equals < 0 ? argument : argument.substring(0, equals);
            if (argument.equals(KUBERNETES)) {
                continue;
            }
            if (!here.contains(option) && !ANYWHERE.contains(option)) {
                boolean elsewhere = ON_FILES.contains(option) || ON_KUBERNETES.contains(option);
                throw new UsageException(
                        option + (elsewhere ? ": does not go with the other options" : ": no such option"));
            }
            if (equals < 0 && i == arguments.size()) {
                throw new UsageException(option + ": expected a value");
            }
            values.put(option, equals < 0 ? arguments.get(i++) : argument.substring(equals + 1));
        }
        return values;
    }

    private static Place files(Map<String, String> values) throws UsageException {
        String files = values.get(FILES);
        String state = values.get(STATE);
        if (files == null || state == null) {
            throw new UsageException((files == null ? FILES : STATE) + ": is required, or " + KUBERNETES);
        }
        return new Files(
                Path.of(files),
                Path.of(state),
                Optional.ofNullable(values.get(MESH_CONFIG)).map(Path::of));
    }

    private static Place kubernetes(Map<String, String> values, Map<String, String> environment) throws UsageException {
        String namespace = values.getOrDefault(NAMESPACE, environment.getOrDefault("POD_NAMESPACE", DEFAULT_NAMESPACE));
        String revision = values.getOrDefault(REVISION, DEFAULT_REVISION);
        String cluster = values.getOrDefault(CLUSTER_ID, DEFAULT_CLUSTER);
        return new Kubernetes(
                name(NAMESPACE, namespace),
                name(REVISION, revision),
                cluster,
                Optional.ofNullable(values.get(KUBECONFIG)).map(Path::of));
    }

    private static String name(String option, String value) throws UsageException {
        if (!NAME.matcher(value).matches()) {
            throw new UsageException(
                    option + ": found \"" + value + "\", expected lower case letters, digits and dashes");
        }
        return value;
    }

    private static Duration lifetime(Map<String, String> values) throws UsageException {
        String value = values.get("--certificate-lifetime");
        if (value == null) {
            return DEFAULT_LIFETIME;
        }
        if (!SECONDS.matcher(value).matches()) {
            throw new UsageException("--certificate-lifetime: found \"" + value + "\", expected seconds");
        }
        return Duration.ofSeconds(Long.parseLong(value));
    }

    private static int port(Map<String, String> values, String option, int otherwise) throws UsageException {
        String value = values.get(option);
        if (value == null) {
            return otherwise;
        }
        if (value.matches("[0-9]{1,5}") && Integer.parseInt(value) <= 65535) {
            return Integer.parseInt(value);
        }
        throw new UsageException(option + ": found \"" + value + "\", expected a port from 0 to 65535");
    }
}
