package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import dev.weft.control.registry.ProxyView.InboundPort;
import dev.weft.resources.EndpointSlice;
import dev.weft.resources.KubernetesService;
import dev.weft.resources.LabelSelector;
import dev.weft.resources.Locality;
import dev.weft.resources.PeerAuthentication;
import dev.weft.resources.ServiceEntry;
import dev.weft.resources.WorkloadSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Joins one service with the workloads behind it, for {@link EndpointJoin}. Pure but for its builders; made for one service and thrown away. */
final class Endpoints {

    /** Istio's label by which a workload says whether a proxy takes mutual TLS for it. */
    private static final String TLS_MODE_LABEL = "security.istio.io/tlsMode";

    private final PeerAuthentications peerAuthentications;
    private final Workloads workloads;
    private final Slices slices;
    private final String cluster;
    private final ImmutableMap.Builder<EndpointKey, ImmutableList<MeshEndpoint>> byPort = ImmutableMap.builder();
    private final ImmutableListMultimap.Builder<ObjectName, InboundPort> byHand = ImmutableListMultimap.builder();

    /**
     * What the join gives.
     *
     * @param byPort the endpoints of each port of the service
     * @param byHand its ports at pods that no selector tells
     */
    record Joined(
            ImmutableMap<EndpointKey, ImmutableList<MeshEndpoint>> byPort,
            ImmutableListMultimap<ObjectName, InboundPort> byHand) {

        /** The same with the very endpoints of {@code last} where they are equal: the workloads may have been told of anew. */
        Joined keeping(Joined last) {
            ImmutableMap.Builder<EndpointKey, ImmutableList<MeshEndpoint>> kept = ImmutableMap.builder();
            byPort.forEach((key, endpoints) -> {
                ImmutableList<MeshEndpoint> before = last.byPort.get(key);
                kept.put(key, before != null && endpoints.equals(before) ? before : endpoints);
            });
            return new Joined(kept.buildOrThrow(), byHand);
        }
    }

    private Endpoints(PeerAuthentications peerAuthentications, EndpointJoin.Sources sources) {
        this.peerAuthentications = peerAuthentications;
        this.workloads = sources.workloads();
        this.slices = sources.slices();
        this.cluster = sources.cluster();
    }

    /** Of a service that is no other one's name. */
    static Joined join(
            Services.Declared declared, PeerAuthentications peerAuthentications, EndpointJoin.Sources sources) {
        Endpoints join = new Endpoints(peerAuthentications, sources);
        switch (declared) {
            case Services.Declared.Kubernetes kubernetes -> join.join(kubernetes);
            case Services.Declared.Entries entries -> join.join(entries);
            case Services.Declared.Alias ignored -> {}
        }
        return new Joined(join.byPort.buildOrThrow(), join.byHand.build());
    }

    /**
     * All that {@link #join} reads of the mesh for a service, but for the mesh's policies: the same objects give the same endpoints.
     */
    static List<Object> reads(Services.Declared declared, EndpointJoin.Sources sources) {
        Workloads workloads = sources.workloads();
        List<Object> reads = new ArrayList<>();
        switch (declared) {
            case Services.Declared.Kubernetes(MeshService service, KubernetesService source) -> {
                for (EndpointSlice slice : sources.slices().of(source)) {
                    reads.add(slice);
                    slice.endpoints()
                            .forEach(endpoint -> endpoint.addresses().stream()
                                    .map(address -> pod(endpoint, address, workloads))
                                    .forEach(pod -> reads.add(pod.isPresent() ? pod.get() : endpoint)));
                }
                if (!source.selector().isEmpty()) {
                    reads.addAll(workloads.entries(service.namespace()));
                }
            }
            case Services.Declared.Entries entries -> {
                for (ServiceEntry entry : entries.sources()) {
                    entry.workloadSelector()
                            .ifPresent(selector ->
                                    reads.addAll(workloads.selected(entry.meta().namespace(), selector)));
                }
            }
            case Services.Declared.Alias ignored -> {}
        }
        return reads;
    }

    private void join(Services.Declared.Kubernetes declared) {
        KubernetesService source = declared.source();
        MeshService service = declared.service();
        for (ServicePort port : service.ports()) {
            ImmutableList.Builder<MeshEndpoint> endpoints = ImmutableList.builder();
            if (source.externalName().isPresent()) {
                endpoints.add(byName(service, source.externalName().get(), port.number()));
            } else {
                joinSlices(declared, port, endpoints);
                joinEntries(declared, port, endpoints);
            }
            byPort.put(EndpointKey.of(service, port), endpoints.build());
        }
    }

    private void joinSlices(
            Services.Declared.Kubernetes declared, ServicePort port, ImmutableList.Builder<MeshEndpoint> endpoints) {
        MeshService service = declared.service();
        for (Slices.Member member : slices.members(declared.source(), port)) {
            Optional<Workload> pod = pod(member.endpoint(), member.address(), workloads);
            if (pod.isPresent()) {
                if (declared.source().selector().isEmpty()) {
                    byHand.put(
                            new ObjectName(pod.get().namespace(), pod.get().name()),
                            new InboundPort(service, port, member.port()));
                }
                endpoints.add(endpoint(service, pod.get(), member));
            } else if (!member.isPod()) {
                endpoints.add(endpoint(service, byHand(service, member), member));
            }
            // A pod that is not known yet will be in a moment. To send to it before would be to guess whether it takes
            // mutual TLS.
        }
    }

    private static Optional<Workload> pod(EndpointSlice.Endpoint endpoint, String address, Workloads workloads) {
        Optional<EndpointSlice.Target> target = endpoint.target();
        return target.isEmpty()
                ? workloads.podAt(address)
                : target.filter(EndpointSlice.Target::isPod).flatMap(pod -> workloads.pod(pod.namespace(), pod.name()));
    }

    /** What is known of an address that somebody wrote by hand. */
    private static Workload byHand(MeshService service, Slices.Member member) {
        String zone = member.endpoint().zone();
        return new Workload(
                Workload.Origin.INLINE,
                service.namespace(),
                "",
                "",
                ImmutableMap.of(),
                new WorkloadSpec(
                        Optional.of(member.address()),
                        ImmutableMap.of(),
                        ImmutableMap.of(),
                        Optional.empty(),
                        zone.isEmpty() ? Optional.empty() : Optional.of(new Locality("", zone, "")),
                        OptionalInt.empty(),
                        Optional.empty()));
    }

    private void joinEntries(
            Services.Declared.Kubernetes declared, ServicePort port, ImmutableList.Builder<MeshEndpoint> endpoints) {
        KubernetesService source = declared.source();
        if (source.selector().isEmpty()) {
            return;
        }
        LabelSelector selector = new LabelSelector(source.selector());
        for (Workload workload : workloads.entries(declared.service().namespace())) {
            OptionalInt target = TargetPorts.of(workload, port, source);
            if (selector.matches(workload.labels()) && target.isPresent()) {
                add(declared.service(), workload, target.getAsInt(), endpoints);
            }
        }
    }

    private void join(Services.Declared.Entries declared) {
        MeshService service = declared.service();
        for (ServicePort port : service.ports()) {
            ImmutableList.Builder<MeshEndpoint> endpoints = ImmutableList.builder();
            for (ServiceEntry entry : declared.sources()) {
                entry.ports().stream()
                        .filter(candidate -> candidate.number() == port.number())
                        .findFirst()
                        .ifPresent(own -> join(service, entry, own, endpoints));
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
            ServiceEntry entry,
            ServiceEntry.Port own,
            ImmutableList.Builder<MeshEndpoint> endpoints) {
        String namespace = entry.meta().namespace();
        for (WorkloadSpec spec : entry.endpoints()) {
            Workload inline = new Workload(Workload.Origin.INLINE, namespace, "", "", spec.labels(), spec);
            add(service, inline, TargetPorts.of(spec, own), endpoints);
        }
        entry.workloadSelector()
                .ifPresent(selector -> workloads
                        .selected(namespace, selector)
                        .forEach(workload -> add(service, workload, TargetPorts.of(workload.spec(), own), endpoints)));
    }

    private void add(
            MeshService service, Workload workload, int targetPort, ImmutableList.Builder<MeshEndpoint> endpoints) {
        workload.spec()
                .address()
                .ifPresent(address -> endpoints.add(endpoint(service, workload, new Own(address, targetPort, ""))));
    }

    /** What an endpoint has for itself. */
    private record Own(String address, int port, String hostname) {}

    private MeshEndpoint endpoint(MeshService service, Workload workload, Slices.Member member) {
        return endpoint(
                service,
                workload,
                new Own(
                        member.address(),
                        member.port(),
                        service.headless() ? member.endpoint().hostname().orElse("") : ""));
    }

    private MeshEndpoint endpoint(MeshService service, Workload workload, Own own) {
        WorkloadSpec spec = workload.spec();
        return new MeshEndpoint(
                own.address(),
                own.port(),
                workload.labels(),
                workload.owner(),
                workload.namespace(),
                workload.serviceAccount(),
                spec.locality(),
                spec.network().orElse(""),
                cluster,
                spec.weight().orElse(1),
                own.hostname(),
                tls(service, workload, own.port()));
    }

    private MeshEndpoint.Tls tls(MeshService service, Workload workload, int port) {
        if (service.location() == MeshService.Location.MESH_EXTERNAL || !proxied(workload)) {
            return MeshEndpoint.Tls.NONE;
        }
        List<PeerAuthentication> policies = peerAuthentications.of(workload.namespace(), workload.labels());
        return PeerAuthentications.mode(policies, port) == PeerAuthentication.MtlsMode.DISABLE
                ? MeshEndpoint.Tls.NONE
                : MeshEndpoint.Tls.MUTUAL;
    }

    /** Every pod has a service account, injected or not, so of a pod only its label tells. */
    private static boolean proxied(Workload workload) {
        String label = workload.labels().get(TLS_MODE_LABEL);
        if (label != null) {
            return label.equals("istio");
        }
        return workload.origin() != Workload.Origin.POD
                && !workload.serviceAccount().isEmpty();
    }

    private MeshEndpoint byName(MeshService service, String name, int port) {
        return new MeshEndpoint(
                name,
                port,
                ImmutableMap.of(),
                "",
                service.namespace(),
                "",
                Optional.empty(),
                "",
                cluster,
                1,
                "",
                MeshEndpoint.Tls.NONE);
    }
}
