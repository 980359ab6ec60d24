package dev.weft.resources.parse;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.resources.Pod;
import dev.weft.resources.ResourceMeta;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** Reads what a mesh needs of a Kubernetes Pod. */
final class PodReader {
    private static final String TEMPLATE_HASH = "pod-template-hash";
    /** A Job that a CronJob made has the minute of its time in its name. */
    private static final Pattern SCHEDULED = Pattern.compile("-[0-9]{8,}$");

    private PodReader() {}

    static Pod read(ResourceMeta meta, PlatformFields root) {
        PlatformFields spec = root.message("spec");
        PlatformFields status = root.message("status");
        return new Pod(
                meta,
                spec.text("serviceAccountName").orElse("default"),
                addresses(status),
                spec.text("nodeName").orElse(""),
                spec.flag("hostNetwork").orElse(false) ? Pod.Network.HOST : Pod.Network.OWN,
                phase(status),
                ports(spec),
                workload(meta, root.message("metadata")));
    }

    private static ImmutableList<String> addresses(PlatformFields status) {
        ImmutableList<String> all = status.messages("podIPs").stream()
                .flatMap(ip -> ip.text("ip").stream())
                .collect(ImmutableList.toImmutableList());
        return all.isEmpty() ? status.text("podIP").map(ImmutableList::of).orElse(ImmutableList.of()) : all;
    }

    private static Pod.Phase phase(PlatformFields status) {
        return switch (status.text("phase").orElse("")) {
            case "Pending" -> Pod.Phase.PENDING;
            case "Running" -> Pod.Phase.RUNNING;
            case "Succeeded" -> Pod.Phase.SUCCEEDED;
            case "Failed" -> Pod.Phase.FAILED;
            default -> Pod.Phase.UNKNOWN;
        };
    }

    private static ImmutableMap<String, Integer> ports(PlatformFields spec) {
        Map<String, Integer> ports = new LinkedHashMap<>();
        spec.messages("containers").forEach(container -> ports(container, ports));
        // A native sidecar is an init container that goes on running.
        spec.messages("initContainers").stream()
                .filter(container -> container.text("restartPolicy").equals(Optional.of("Always")))
                .forEach(container -> ports(container, ports));
        return ImmutableMap.copyOf(ports);
    }

    private static void ports(PlatformFields container, Map<String, Integer> ports) {
        for (PlatformFields port : container.messages("ports")) {
            Optional<String> name = port.text("name");
            OptionalInt number = port.number("containerPort");
            if (name.isPresent() && number.isPresent()) {
                ports.putIfAbsent(name.get(), number.getAsInt());
            }
        }
    }

    private static String workload(ResourceMeta meta, PlatformFields metadata) {
        Optional<PlatformFields> controller = metadata.messages("ownerReferences").stream()
                .filter(owner -> owner.flag("controller").orElse(false))
                .findFirst();
        String name = controller.flatMap(owner -> owner.text("name")).orElse(meta.name());
        String kind = controller.flatMap(owner -> owner.text("kind")).orElse("");
        return switch (kind) {
            case "ReplicaSet" -> {
                String hash = "-" + meta.labels().getOrDefault(TEMPLATE_HASH, "");
                yield hash.length() > 1 && name.endsWith(hash)
                        ? name.substring(0, name.length() - hash.length())
                        : name;
            }
            case "Job" -> SCHEDULED.matcher(name).replaceFirst("");
            default -> name;
        };
    }
}
