package dev.weft.control.registry;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.errorprone.annotations.Immutable;
import dev.weft.control.registry.ProxyView.InboundPort;
import dev.weft.resources.KubernetesService;
import dev.weft.resources.LabelSelector;
import dev.weft.resources.ServiceEntry;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Which service ports a workload serves. Immutable. The surprising rule: a pod is asked by the selectors of the services, not by their endpoints,
 * since it must be told its ports before it can become ready. What a selector cannot tell (endpoints written by hand) comes from the
 * endpoints.
 */
@Immutable
@SuppressWarnings("Immutable") // all collections are immutable
final class InboundPorts {

    /** One label of a selector; services are found by the first that they ask for. */
    private record Label(String namespace, String key, String value) {}

    private final ImmutableListMultimap<Label, Services.Declared.Kubernetes> selectors;
    private final ImmutableListMultimap<String, Services.Declared.Entries> entries;
    private final ImmutableListMultimap<ObjectName, InboundPort> byHand;

    InboundPorts(List<Services.Declared> services, ImmutableListMultimap<ObjectName, InboundPort> byHand) {
        ImmutableListMultimap.Builder<Label, Services.Declared.Kubernetes> bySelector = ImmutableListMultimap.builder();
        ImmutableListMultimap.Builder<String, Services.Declared.Entries> byNamespace = ImmutableListMultimap.builder();
        for (Services.Declared declared : services) {
            String namespace = declared.service().namespace();
            switch (declared) {
                case Services.Declared.Kubernetes kubernetes ->
                    kubernetes.source().selector().entrySet().stream()
                            .findFirst()
                            .ifPresent(first ->
                                    bySelector.put(new Label(namespace, first.getKey(), first.getValue()), kubernetes));
                case Services.Declared.Entries own -> byNamespace.put(namespace, own);
                case Services.Declared.Alias ignored -> {}
            }
        }
        this.selectors = bySelector.build();
        this.entries = byNamespace.build();
        this.byHand = byHand;
    }

    /** The service ports behind which {@code workload} stands. */
    ImmutableList<InboundPort> of(Workload workload) {
        ImmutableList.Builder<InboundPort> ports = ImmutableList.builder();
        for (Map.Entry<String, String> label : workload.labels().entrySet()) {
            for (Services.Declared.Kubernetes declared :
                    selectors.get(new Label(workload.namespace(), label.getKey(), label.getValue()))) {
                if (new LabelSelector(declared.source().selector()).matches(workload.labels())) {
                    ports.addAll(of(declared, workload));
                }
            }
        }
        for (Services.Declared.Entries declared : entries.get(workload.namespace())) {
            ports.addAll(of(declared, workload));
        }
        if (workload.origin() == Workload.Origin.POD) {
            ports.addAll(byHand.get(new ObjectName(workload.namespace(), workload.name())));
        }
        return ports.build();
    }

    private static ImmutableList<InboundPort> of(Services.Declared.Kubernetes declared, Workload workload) {
        ImmutableList.Builder<InboundPort> ports = ImmutableList.builder();
        KubernetesService source = declared.source();
        if (source.externalName().isPresent()) {
            return ImmutableList.of();
        }
        for (ServicePort port : declared.service().ports()) {
            OptionalInt target = TargetPorts.of(workload, port, source);
            if (target.isPresent()) {
                ports.add(new InboundPort(declared.service(), port, target.getAsInt()));
            }
        }
        return ports.build();
    }

    private static ImmutableList<InboundPort> of(Services.Declared.Entries declared, Workload workload) {
        ImmutableList.Builder<InboundPort> ports = ImmutableList.builder();
        for (ServicePort port : declared.service().ports()) {
            for (ServiceEntry entry : declared.sources()) {
                if (entry.workloadSelector()
                        .filter(selector -> selector.matches(workload.labels()))
                        .isEmpty()) {
                    continue;
                }
                entry.ports().stream()
                        .filter(candidate -> candidate.number() == port.number())
                        .findFirst()
                        .ifPresent(own -> ports.add(
                                new InboundPort(declared.service(), port, TargetPorts.of(workload.spec(), own))));
            }
        }
        return ports.build();
    }
}
