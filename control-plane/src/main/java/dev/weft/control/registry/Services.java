package dev.weft.control.registry;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import com.google.common.collect.Iterables;
import dev.weft.resources.KubernetesService;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.Protocol;
import dev.weft.resources.ServiceEntry;
import dev.weft.resources.host.Exports;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Turns what people declare into {@link MeshService}s. Pure. */
final class Services {

    private Services() {}

    /** A service with the objects that its endpoints come from. */
    sealed interface Declared {
        MeshService service();

        record Kubernetes(MeshService service, KubernetesService source) implements Declared {}

        /** An {@code ExternalName} that is another name of a service of the mesh. */
        record Alias(MeshService service, MeshService target) implements Declared {}

        /** Entries of one namespace that share a host are one service; the oldest speaks for it. */
        record Entries(MeshService service, ImmutableList<ServiceEntry> sources) implements Declared {}
    }

    /**
     * All services, in the order of the objects that declare them, names of other services in their place.
     *
     * @param before what was declared last: what is equal to it is the very same object, so that readers see by identity what is another
     */
    static ImmutableList<Declared> declared(
            MeshConfig mesh,
            String domainSuffix,
            List<KubernetesService> services,
            List<ServiceEntry> entries,
            List<Declared> before) {
        ImmutableList.Builder<Declared> declared = ImmutableList.builder();
        Map<String, Map<String, List<ServiceEntry>>> byHost = new LinkedHashMap<>();
        for (ServiceEntry entry : entries) {
            for (String host : entry.hosts()) {
                byHost.computeIfAbsent(Ascii.toLowerCase(host), name -> new LinkedHashMap<>())
                        .computeIfAbsent(entry.meta().namespace(), name -> new ArrayList<>())
                        .add(entry);
            }
        }
        for (KubernetesService service : services) {
            String hostname = service.hostname(domainSuffix);
            // The Kubernetes Service owns its name; an entry for it only adds identities.
            Map<String, List<ServiceEntry>> shadowed = byHost.remove(hostname);
            ImmutableSet<String> names =
                    shadowed == null ? ImmutableSet.of() : subjectAltNames(Iterables.concat(shadowed.values()));
            declared.add(new Declared.Kubernetes(of(service, hostname, names, mesh), service));
        }
        byHost.forEach((host, byNamespace) -> byNamespace.forEach((namespace, sources) ->
                declared.add(new Declared.Entries(of(host, sources, mesh), ImmutableList.copyOf(sources)))));
        // Targets first: a name leads to the very service that stands in the list, by identity.
        return withAliases(kept(declared.build(), before));
    }

    private static ImmutableList<Declared> kept(ImmutableList<Declared> now, List<Declared> before) {
        Map<Declared, Declared> known = new HashMap<>();
        before.forEach(declared -> known.put(declared, declared));
        return now.stream()
                .map(declared -> known.getOrDefault(declared, declared))
                .collect(ImmutableList.toImmutableList());
    }

    /**
     * An {@code ExternalName} of a service that the mesh knows stands for that service, with its endpoints and their identities; of any
     * other name it is a name to look up.
     */
    private static ImmutableList<Declared> withAliases(ImmutableList<Declared> declared) {
        Map<String, MeshService> targets = new HashMap<>();
        declared.stream()
                .filter(one -> externalName(one).isEmpty())
                .forEach(one -> targets.putIfAbsent(one.service().hostname(), one.service()));
        return declared.stream()
                .map(one -> {
                    MeshService target = externalName(one).map(targets::get).orElse(null);
                    return target == null
                            ? one
                            : new Declared.Alias(one.service().aliasOf(target), target);
                })
                .collect(ImmutableList.toImmutableList());
    }

    private static Optional<String> externalName(Declared declared) {
        return declared instanceof Declared.Kubernetes kubernetes
                ? kubernetes.source().externalName().map(name -> Ascii.toLowerCase(name.replaceFirst("\\.$", "")))
                : Optional.empty();
    }

    private static MeshService of(
            KubernetesService service, String hostname, ImmutableSet<String> subjectAltNames, MeshConfig mesh) {
        Map<Integer, ServicePort> ports = new TreeMap<>();
        for (KubernetesService.Port port : service.ports()) {
            if (port.protocol() != Protocol.UDP) {
                ports.putIfAbsent(port.number(), new ServicePort(port.number(), port.name(), port.protocol()));
            }
        }
        boolean external = service.type() == KubernetesService.Type.EXTERNAL_NAME;
        MeshService.Resolution resolution = external
                ? MeshService.Resolution.DNS
                : service.headless() ? MeshService.Resolution.ORIGINAL_DESTINATION : MeshService.Resolution.ENDPOINTS;
        return new MeshService(
                hostname,
                service.meta().namespace(),
                service.meta().name(),
                service.meta().key(),
                external ? MeshService.Location.MESH_EXTERNAL : MeshService.Location.MESH_INTERNAL,
                resolution,
                service.clusterIps(),
                ImmutableList.copyOf(ports.values()),
                Exports.effective(service.exportTo(), mesh.defaultExports().services()),
                subjectAltNames);
    }

    private static MeshService of(String host, List<ServiceEntry> sources, MeshConfig mesh) {
        ServiceEntry oldest = sources.getFirst();
        Map<Integer, ServicePort> ports = new TreeMap<>();
        ImmutableSet.Builder<String> addresses = ImmutableSet.builder();
        for (ServiceEntry entry : sources) {
            entry.ports()
                    .forEach(port -> ports.putIfAbsent(
                            port.number(), new ServicePort(port.number(), port.name(), port.protocol())));
            addresses.addAll(entry.addresses());
        }
        return new MeshService(
                host,
                oldest.meta().namespace(),
                host,
                oldest.meta().key(),
                switch (oldest.location()) {
                    case MESH_INTERNAL -> MeshService.Location.MESH_INTERNAL;
                    case MESH_EXTERNAL -> MeshService.Location.MESH_EXTERNAL;
                },
                switch (oldest.resolution()) {
                    case NONE -> MeshService.Resolution.ORIGINAL_DESTINATION;
                    case STATIC -> MeshService.Resolution.ENDPOINTS;
                    case DNS -> MeshService.Resolution.DNS;
                    case DNS_ROUND_ROBIN -> MeshService.Resolution.DNS_ROUND_ROBIN;
                },
                addresses.build().asList(),
                ImmutableList.copyOf(ports.values()),
                Exports.effective(oldest.exportTo(), mesh.defaultExports().services()),
                subjectAltNames(sources));
    }

    private static ImmutableSet<String> subjectAltNames(Iterable<ServiceEntry> entries) {
        ImmutableSet.Builder<String> names = ImmutableSet.builder();
        entries.forEach(entry -> names.addAll(entry.subjectAltNames()));
        return names.build();
    }
}
