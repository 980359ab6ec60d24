package dev.weft.control.registry;

import dev.weft.resources.KubernetesService;
import dev.weft.resources.ServiceEntry;
import dev.weft.resources.WorkloadSpec;
import java.util.OptionalInt;

/** From the port of a service to that of a workload behind it. Pure. */
final class TargetPorts {

    private TargetPorts() {}

    /** Empty where the service names a port that the workload does not have. */
    static OptionalInt of(Workload workload, ServicePort port, KubernetesService service) {
        KubernetesService.TargetPort target = service.ports().stream()
                .filter(candidate ->
                        candidate.number() == port.number() && candidate.name().equals(port.name()))
                .findFirst()
                .orElseThrow()
                .target();
        WorkloadSpec spec = workload.spec();
        // An entry's own port of the service port's name comes first, so that entries can share one address; the names
        // of a pod's ports are its own business until the service asks for one.
        Integer named =
                workload.origin() == Workload.Origin.POD ? null : spec.ports().get(port.name());
        if (named == null && target instanceof KubernetesService.TargetPort.Named(String name)) {
            named = spec.ports().get(name);
        }
        return named == null ? target.known() : OptionalInt.of(named);
    }

    static int of(WorkloadSpec spec, ServiceEntry.Port port) {
        if (spec.unixSocket()) {
            return 0;
        }
        Integer named = spec.ports().get(port.name());
        return named == null ? port.targetPort().orElse(port.number()) : named;
    }
}
