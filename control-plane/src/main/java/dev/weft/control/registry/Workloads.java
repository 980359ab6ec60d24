package dev.weft.control.registry;

import com.google.common.collect.ImmutableCollection;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableListMultimap;
import com.google.common.collect.ImmutableMap;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.LabelSelector;
import dev.weft.resources.Locality;
import dev.weft.resources.Node;
import dev.weft.resources.Pod;
import dev.weft.resources.Resource;
import dev.weft.resources.WorkloadEntry;
import dev.weft.resources.WorkloadSpec;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** All pods and {@code WorkloadEntry}s, by the ways in which they are looked for. Immutable. */
@Immutable
@SuppressWarnings("Immutable") // all collections are immutable
final class Workloads {

    private static final String NETWORK_LABEL = "topology.istio.io/network";
    private static final String LOCALITY_LABEL = "topology.istio.io/locality";
    private static final String OLD_LOCALITY_LABEL = "istio-locality";

    private final ImmutableMap<ObjectName, Workload> pods;
    private final ImmutableMap<String, Workload> podsByAddress;
    private final ImmutableListMultimap<String, Workload> podsByNamespace;
    private final ImmutableListMultimap<String, Workload> entriesByNamespace;

    /** Of which object, and where, each workload was made. */
    private final Map<Resource, Made> made = new IdentityHashMap<>();

    private record Made(Workload workload, Optional<Locality> ofNode) {}

    /** @param before whose workloads are kept where their objects are the very same */
    Workloads(ImmutableCollection<? extends Resource> resources, Optional<Workloads> before) {
        Map<Resource, Made> known = before.map(last -> last.made).orElse(Map.of());
        Map<String, Locality> localities = new HashMap<>();
        for (Resource resource : resources) {
            if (resource instanceof Node node) {
                node.locality().ifPresent(locality -> localities.put(node.meta().name(), locality));
            }
        }
        ImmutableMap.Builder<ObjectName, Workload> byName = ImmutableMap.builder();
        ImmutableMap.Builder<String, Workload> byAddress = ImmutableMap.builder();
        ImmutableListMultimap.Builder<String, Workload> byNamespace = ImmutableListMultimap.builder();
        for (Resource resource : resources) {
            if (resource instanceof Pod pod && !pod.ended()) {
                Workload workload = workload(pod, Optional.ofNullable(localities.get(pod.node())), known.get(pod));
                byName.put(new ObjectName(workload.namespace(), workload.name()), workload);
                byNamespace.put(workload.namespace(), workload);
                if (pod.network() == Pod.Network.OWN) {
                    pod.addresses().forEach(address -> byAddress.put(address, workload));
                }
            }
        }
        this.pods = byName.buildKeepingLast();
        // An address may be given to a new pod before the old one's end is known.
        this.podsByAddress = byAddress.buildKeepingLast();
        this.podsByNamespace = byNamespace.build();
        this.entriesByNamespace = ResourceOrder.oldestFirst(resources, WorkloadEntry.class).stream()
                .map(entry -> workload(entry, known.get(entry)))
                .collect(ImmutableListMultimap.toImmutableListMultimap(Workload::namespace, workload -> workload));
    }

    private Workload workload(WorkloadEntry entry, @Nullable Made last) {
        String name = entry.meta().name();
        Made now = last != null
                ? last
                : new Made(
                        new Workload(
                                Workload.Origin.WORKLOAD_ENTRY,
                                entry.meta().namespace(),
                                name,
                                name,
                                entry.labels(),
                                entry.spec()),
                        Optional.empty());
        made.put(entry, now);
        return now.workload();
    }

    private Workload workload(Pod pod, Optional<Locality> ofNode, @Nullable Made last) {
        Made now = last != null && last.ofNode().equals(ofNode) ? last : new Made(workload(pod, ofNode), ofNode);
        made.put(pod, now);
        return now.workload();
    }

    private static Workload workload(Pod pod, Optional<Locality> ofNode) {
        Map<String, String> labels = pod.meta().labels();
        // A label cannot hold a slash.
        String own = labels.getOrDefault(LOCALITY_LABEL, labels.getOrDefault(OLD_LOCALITY_LABEL, ""));
        WorkloadSpec spec = new WorkloadSpec(
                pod.addresses().stream().findFirst(),
                pod.ports(),
                pod.meta().labels(),
                Optional.ofNullable(labels.get(NETWORK_LABEL)),
                own.isEmpty() ? ofNode : Optional.of(Locality.parse(own.replace('.', '/'))),
                OptionalInt.empty(),
                Optional.of(pod.serviceAccount()));
        return new Workload(
                Workload.Origin.POD,
                pod.meta().namespace(),
                pod.meta().name(),
                pod.workload(),
                pod.meta().labels(),
                spec);
    }

    Optional<Workload> pod(String namespace, String name) {
        return Optional.ofNullable(pods.get(new ObjectName(namespace, name)));
    }

    /** The pod that has an address to itself. */
    Optional<Workload> podAt(String address) {
        return Optional.ofNullable(podsByAddress.get(address));
    }

    /** The {@code WorkloadEntry}s of a namespace, the oldest first. */
    ImmutableList<Workload> entries(String namespace) {
        return entriesByNamespace.get(namespace);
    }

    /** The entries and the pods of a namespace that a {@code ServiceEntry} selects. */
    List<Workload> selected(String namespace, LabelSelector selector) {
        return Stream.concat(entriesByNamespace.get(namespace).stream(), podsByNamespace.get(namespace).stream())
                .filter(workload -> selector.matches(workload.labels()))
                .toList();
    }

    ImmutableList<Workload> all() {
        return ImmutableList.<Workload>builder()
                .addAll(entriesByNamespace.values())
                .addAll(pods.values())
                .build();
    }

    /**
     * The workload that a proxy stands beside: the one that bears its name, else an entry that has its address and whose labels it
     * carries. Several entries may share an address on one machine, so the address alone says nothing. A workload of another service account than the
     * caller proved to have is never its own.
     */
    Optional<Workload> of(ClientNode node) {
        ProxyFacts facts = node.facts();
        List<Workload> own = entriesByNamespace.get(facts.namespace()).stream()
                .filter(workload -> mayBe(workload, facts))
                .toList();
        return own.stream()
                .filter(workload -> workload.name().equals(node.workload()))
                .findFirst()
                .or(() -> pod(facts.namespace(), node.workload()).filter(pod -> mayBe(pod, facts)))
                .or(() -> own.stream()
                        .filter(workload -> workload.spec()
                                .address()
                                .filter(facts.addresses()::contains)
                                .isPresent())
                        .filter(workload -> !workload.labels().isEmpty()
                                && facts.labels()
                                        .entrySet()
                                        .containsAll(workload.labels().entrySet()))
                        .findFirst());
    }

    private static boolean mayBe(Workload workload, ProxyFacts facts) {
        return workload.serviceAccount().isEmpty() || workload.serviceAccount().equals(facts.serviceAccount());
    }
}
