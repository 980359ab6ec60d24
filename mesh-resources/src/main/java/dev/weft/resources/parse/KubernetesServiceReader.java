package dev.weft.resources.parse;

import com.google.common.base.Splitter;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.primitives.Ints;
import dev.weft.resources.KubernetesService;
import dev.weft.resources.KubernetesService.Addressing;
import dev.weft.resources.KubernetesService.Port;
import dev.weft.resources.KubernetesService.TargetPort;
import dev.weft.resources.KubernetesService.Type;
import dev.weft.resources.Protocol;
import dev.weft.resources.ResourceMeta;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** Reads a Kubernetes Service. */
final class KubernetesServiceReader {
    private static final String EXPORT_TO = "networking.istio.io/exportTo";
    private static final Splitter COMMAS = Splitter.on(',').trimResults().omitEmptyStrings();

    private KubernetesServiceReader() {}

    static KubernetesService read(ResourceMeta meta, Fields spec) {
        Type type = spec.text("type").map(KubernetesServiceReader::type).orElse(Type.CLUSTER_IP);
        boolean headless =
                spec.text("clusterIP").filter(ip -> ip.equals("None")).isPresent();
        ImmutableList<String> addresses = spec.isSet("clusterIPs")
                ? spec.texts("clusterIPs")
                : spec.text("clusterIP").map(ImmutableList::of).orElse(ImmutableList.of());
        Optional<String> externalName = spec.text("externalName");
        if (type == Type.EXTERNAL_NAME && externalName.isEmpty()) {
            spec.checks().missing(spec.at("externalName"), "must be set for type ExternalName");
        }
        return new KubernetesService(
                meta,
                type,
                headless ? Addressing.HEADLESS : Addressing.VIRTUAL,
                addresses.stream().filter(ip -> !ip.equals("None")).collect(ImmutableList.toImmutableList()),
                spec.textMap("selector"),
                ports(spec),
                externalName,
                ImmutableSet.copyOf(COMMAS.split(meta.annotations().getOrDefault(EXPORT_TO, ""))));
    }

    private static ImmutableList<Port> ports(Fields spec) {
        Set<String> names = new HashSet<>();
        ImmutableList<Fields> written = spec.messages("ports");
        for (Fields port : written) {
            String name = port.text("name").orElse("");
            if (name.isEmpty() && written.size() > 1) {
                port.checks().missing(port.at("name"), "must be set where there are several ports");
            } else if (!names.add(name)) {
                port.checks().conflict(port.at("name"), "found the port name \"" + name + "\" twice");
            }
        }
        return written.stream().map(KubernetesServiceReader::port).collect(ImmutableList.toImmutableList());
    }

    private static Port port(Fields fields) {
        int number = fields.number("port").orElseThrow();
        String name = fields.text("name").orElse("");
        String transport = fields.text("protocol").orElse("TCP");
        Optional<String> appProtocol = fields.text("appProtocol");
        TargetPort target = fields.text("targetPort")
                .map(KubernetesServiceReader::target)
                .orElseGet(() -> new TargetPort.Number(number));
        return new Port(
                name,
                number,
                transport,
                appProtocol,
                Protocol.ofServicePort(transport, appProtocol, name, number),
                target);
    }

    private static TargetPort target(String text) {
        Integer number = Ints.tryParse(text);
        return number == null ? new TargetPort.Named(text) : new TargetPort.Number(number);
    }

    private static Type type(String text) {
        return switch (text) {
            case "ClusterIP" -> Type.CLUSTER_IP;
            case "NodePort" -> Type.NODE_PORT;
            case "LoadBalancer" -> Type.LOAD_BALANCER;
            case "ExternalName" -> Type.EXTERNAL_NAME;
            default -> throw new AssertionError("the field table let the service type " + text + " through");
        };
    }
}
