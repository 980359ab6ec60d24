package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import dev.weft.control.registry.ProxyView.InboundPort;
import dev.weft.resources.KubernetesService;
import dev.weft.resources.LabelSelector;
import dev.weft.resources.PeerAuthentication;
import dev.weft.resources.ServiceEntry;
import dev.weft.resources.WorkloadSpec;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Joins services with the workloads behind them. Pure; runs once per snapshot. */
final class Endpoints {

    /** Istio's label by which a workload says that no proxy takes mutual TLS for it. */
    private static final String TLS_MODE_LABEL = "security.istio.io/tlsMode";

    private final PeerAuthentications peerAuthentications;
    private final ImmutableListMultimap<String, Workload> workloads;
    private final ImmutableMap.Builder<EndpointKey, ImmutableList<MeshEndpoint>> byPort = ImmutableMap.builder();
    private final ImmutableListMultimap.Builder<Workload, InboundPort> inbound = ImmutableListMultimap.builder();

    /** What the join gives: the endpoints of each service port, and the service ports of each workload. */
    record Joined(
            ImmutableMap<EndpointKey, ImmutableList<MeshEndpoint>> byPort,
            ImmutableListMultimap<Workload, InboundPort> inbound) {}

    private Endpoints(PeerAuthentications peerAuthentications, List<Workload> workloads) {
        this.peerAuthentications = peerAuthentications;
        this.workloads = workloads.stream()
                .collect(ImmutableListMultimap.toImmutableListMultimap(Workload::namespace, workload -> workload));
    }

    static Joined join(
            List<Services.Declared> services, List<Workload> workloads, PeerAuthentications peerAuthentications) {
        Endpoints join = new Endpoints(peerAuthentications, workloads);
        for (Services.Declared declared : services) {
            switch (declared) {
                case Services.Declared.Kubernetes kubernetes -> join.join(kubernetes);
                case Services.Declared.Entries entries -> join.join(entries);
            }
        }
        return new Joined(join.byPort.buildOrThrow(), join.inbound.build());
    }

    private void join(Services.Declared.Kubernetes declared) {
        KubernetesService source = declared.source();
        MeshService service = declared.service();
        for (ServicePort port : service.ports()) {
            ImmutableList.Builder<MeshEndpoint> endpoints = ImmutableList.builder();
            if (source.externalName().isPresent()) {
                endpoints.add(byName(service, source.externalName().get(), port.number()));
            } else if (!source.selector().isEmpty()) {
                LabelSelector selector = new LabelSelector(source.selector());
                KubernetesService.TargetPort target =
                        source.port(port.number()).orElseThrow().target();
                for (Workload workload : workloads.get(service.namespace())) {
                    OptionalInt targetPort = targetPort(workload.spec(), port, target);
                    if (selector.matches(workload.labels()) && targetPort.isPresent()) {
                        add(service, port, workload, targetPort.getAsInt(), endpoints);
                    }
                }
            }
            byPort.put(EndpointKey.of(service, port), endpoints.build());
        }
    }

    /** The workload's own port of that name comes first, so that workloads can share one address. */
    private static OptionalInt targetPort(WorkloadSpec spec, ServicePort port, KubernetesService.TargetPort target) {
        Integer named = spec.ports().get(port.name());
        if (named == null && target instanceof KubernetesService.TargetPort.Named(String name)) {
            named = spec.ports().get(name);
        }
        return named == null ? target.known() : OptionalInt.of(named);
    }

    private void join(Services.Declared.Entries declared) {
        MeshService service = declared.service();
        for (ServicePort port : service.ports()) {
            ImmutableList.Builder<MeshEndpoint> endpoints = ImmutableList.builder();
            for (ServiceEntry entry : declared.sources()) {
                entry.ports().stream()
                        .filter(candidate -> candidate.number() == port.number())
                        .findFirst()
                        .ifPresent(own -> join(service, port, entry, own, endpoints));
            }
            ImmutableList<MeshEndpoint> found = endpoints.build();
            boolean byName = service.resolution() == MeshService.Resolution.DNS
                    || service.resolution() == MeshService.Resolution.DNS_ROUND_ROBIN;
            if (found.isEmpty() && byName) {
                found = ImmutableList.of(byName(service, service.hostname(), port.number()));
            }
            byPort.put(EndpointKey.of(service, port), found);
        }
    }

    private void join(
            MeshService service,
            ServicePort port,
            ServiceEntry entry,
            ServiceEntry.Port own,
            ImmutableList.Builder<MeshEndpoint> endpoints) {
        for (WorkloadSpec spec : entry.endpoints()) {
            Workload inline = new Workload(entry.meta().namespace(), "", spec.labels(), spec);
            spec.address().ifPresent(address -> endpoints.add(endpoint(service, inline, address, port(spec, own))));
        }
        entry.workloadSelector().ifPresent(selector -> {
            for (Workload workload : workloads.get(entry.meta().namespace())) {
                if (selector.matches(workload.labels())) {
                    add(service, port, workload, port(workload.spec(), own), endpoints);
                }
            }
        });
    }

    private static int port(WorkloadSpec spec, ServiceEntry.Port port) {
        if (spec.unixSocket()) {
            return 0;
        }
        Integer named = spec.ports().get(port.name());
        return named == null ? port.targetPort().orElse(port.number()) : named;
    }

    private void add(
            MeshService service,
            ServicePort port,
            Workload workload,
            int targetPort,
            ImmutableList.Builder<MeshEndpoint> endpoints) {
        inbound.put(workload, new InboundPort(service, port, targetPort));
        workload.spec().address().ifPresent(address -> endpoints.add(endpoint(service, workload, address, targetPort)));
    }

    private MeshEndpoint endpoint(MeshService service, Workload workload, String address, int port) {
        WorkloadSpec spec = workload.spec();
        return new MeshEndpoint(
                address,
                port,
                workload.labels(),
                workload.name(),
                workload.namespace(),
                workload.serviceAccount(),
                spec.locality(),
                spec.network().orElse(""),
                spec.weight().orElse(1),
                tls(service, workload, port));
    }

    private MeshEndpoint.Tls tls(MeshService service, Workload workload, int port) {
        if (service.location() == MeshService.Location.MESH_EXTERNAL) {
            return MeshEndpoint.Tls.NONE;
        }
        String label = workload.labels().get(TLS_MODE_LABEL);
        boolean proxied = label == null ? !workload.serviceAccount().isEmpty() : label.equals("istio");
        if (!proxied) {
            return MeshEndpoint.Tls.NONE;
        }
        List<PeerAuthentication> policies = peerAuthentications.of(workload.namespace(), workload.labels());
        return PeerAuthentications.mode(policies, port) == PeerAuthentication.MtlsMode.DISABLE
                ? MeshEndpoint.Tls.NONE
                : MeshEndpoint.Tls.MUTUAL;
    }

    private static MeshEndpoint byName(MeshService service, String name, int port) {
        return new MeshEndpoint(
                name,
                port,
                ImmutableMap.of(),
                "",
                service.namespace(),
                "",
                Optional.empty(),
                "",
                1,
                MeshEndpoint.Tls.NONE);
    }
}
