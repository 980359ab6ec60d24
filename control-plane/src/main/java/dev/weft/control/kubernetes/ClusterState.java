package dev.weft.control.kubernetes;

import com.google.common.collect.ImmutableList;
import dev.weft.control.source.RefusedRoute;
import dev.weft.control.source.SourceState;
import dev.weft.resources.FieldPath;
import dev.weft.resources.GatewayRoute;
import dev.weft.resources.IstioGateway;
import dev.weft.resources.KubernetesGateway;
import dev.weft.resources.KubernetesService;
import dev.weft.resources.MeshConfig;
import dev.weft.resources.Problem;
import dev.weft.resources.Resource;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.analyze.ReferenceCheck;
import dev.weft.resources.parse.Parsed;
import dev.weft.resources.parse.ParsedFile;
import dev.weft.resources.store.ResourceStore;
import dev.weft.resources.store.StoredResource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * All objects that the informers told of. Confined to the source's thread.
 *
 * <p>What people write goes to a {@link ResourceStore}. What the platform itself makes (services, slices, pods, nodes, namespaces) is kept beside
 * it: there are thousands of them, one changes every moment, and none of the store's questions arise for them. An object that comes again
 * with nothing of interest changed is no change and keeps its very record.
 */
final class ClusterState {

    private static final String DOMAIN_SUFFIX = "cluster.local";
    private static final FieldPath ROOT_NAMESPACE = FieldPath.ROOT.field("rootNamespace");

    /** An object of the platform. */
    private record Held(Optional<Resource> resource, ImmutableList<Problem> problems) {}

    private final KubernetesSourceOptions options;
    private final TreeMap<ResourceKey, Held> platform = new TreeMap<>();
    private final Map<ResourceKey, KindInformer> tellers = new HashMap<>();
    private final Map<String, ParsedFile> written = new HashMap<>();
    private final TreeMap<String, RefusedRoute> refusedRoutes = new TreeMap<>();
    private final Map<String, ParsedFile> changed = new HashMap<>();
    private final Set<String> deleted = new HashSet<>();
    private ResourceStore store = ResourceStore.EMPTY;
    private ImmutableList<Problem> references = ImmutableList.of();
    private boolean dirty = true;
    private boolean referencesStale = true;
    private boolean secretsStale = true;

    ClusterState(KubernetesSourceOptions options) {
        this.options = options;
    }

    /** Whether anything has changed since {@link #take} was called. */
    boolean isDirty() {
        return dirty;
    }

    void write(KindInformer teller, ResourceKey key, ParsedFile parsed) {
        tellers.put(key, teller);
        if (isPlatform(key.kind())) {
            writePlatform(key, parsed.objects().getFirst());
        } else {
            write(key.toString(), parsed);
        }
    }

    void delete(ResourceKey key) {
        tellers.remove(key);
        if (!isPlatform(key.kind())) {
            delete(key.toString());
        } else if (platform.remove(key) != null) {
            touch(key.kind());
        }
    }

    /** The Secrets that the objects refer to; empty if that cannot have changed since the last time. */
    Optional<Set<ResourceKey>> secretsIfChanged() {
        if (!secretsStale) {
            return Optional.empty();
        }
        secretsStale = false;
        settle();
        List<Resource> gateways = new ArrayList<>();
        gateways.addAll(store.all(IstioGateway.class));
        gateways.addAll(store.all(KubernetesGateway.class));
        if (!gateways.isEmpty()) {
            platform.values().stream().flatMap(held -> held.resource().stream()).forEach(gateways::add);
        }
        return Optional.of(SecretReferences.of(gateways));
    }

    /** Forgets the objects of a kind that {@code teller} did not tell of: all of them, if it is absent. */
    void retain(ResourceKind kind, Optional<KindInformer> teller) {
        List<ResourceKey> gone = tellers.entrySet().stream()
                .filter(entry -> entry.getKey().kind() == kind
                        && teller.filter(entry.getValue()::equals).isEmpty())
                .map(Map.Entry::getKey)
                .toList();
        gone.forEach(this::delete);
    }

    void configure(ParsedFile mesh) {
        write(mesh.file(), mesh);
    }

    void unconfigure() {
        delete(meshConfigName());
    }

    String meshConfigName() {
        return "ConfigMap " + options.systemNamespace() + "/" + options.meshConfigMap();
    }

    private static boolean isPlatform(ResourceKind kind) {
        return kind.isPlatform() || kind == ResourceKind.SERVICE;
    }

    private void writePlatform(ResourceKey key, Parsed parsed) {
        Held before = platform.get(key);
        Optional<Resource> last = before == null ? Optional.empty() : before.resource();
        Held now = switch (parsed) {
            case Parsed.Valid(var resource, var ignored, var problems) ->
                new Held(Optional.of(last.filter(resource::equals).orElse(resource)), problems);
            case Parsed.FailedClosed(var resource, var ignored, var problems) ->
                new Held(Optional.of(resource), problems);
            case Parsed.Refused refused -> new Held(last, kept(refused.problems(), last));
            case Parsed.Skipped(var problems) -> new Held(last, problems);
        };
        if (!now.equals(before)) {
            platform.put(key, now);
            touch(key.kind());
        }
    }

    private static ImmutableList<Problem> kept(ImmutableList<Problem> problems, Optional<Resource> last) {
        return last.isEmpty()
                ? problems
                : problems.stream()
                        .map(problem -> problem.withEffect(Problem.Effect.LAST_VALID_KEPT))
                        .collect(ImmutableList.toImmutableList());
    }

    private void touch(ResourceKind kind) {
        dirty = true;
        referencesStale |= kind == ResourceKind.SERVICE;
        secretsStale |= kind == ResourceKind.POD;
    }

    private void write(String name, ParsedFile parsed) {
        ParsedFile before = written.put(name, parsed);
        if (before != null && says(before).equals(says(parsed))) {
            return;
        }
        refusedRoute(parsed).ifPresentOrElse(route -> refusedRoutes.put(name, route), () -> refusedRoutes.remove(name));
        changed.put(name, parsed);
        deleted.remove(name);
        dirty = true;
        secretsStale = true;
    }

    /** What an object says, without its version: a new status is no change. The generation is said back in the status. */
    private static List<Object> says(ParsedFile file) {
        List<Object> says = new ArrayList<>();
        for (Parsed parsed : file.objects()) {
            switch (parsed) {
                case Parsed.Valid valid -> says.addAll(says(valid.resource()));
                case Parsed.FailedClosed failed -> says.addAll(says(failed.resource()));
                case Parsed.Refused refused -> {
                    says.add(refused.key());
                    refused.outline().ifPresent(outline -> says.addAll(says(outline)));
                }
                case Parsed.Skipped ignored -> {}
            }
            says.add(parsed.problems());
        }
        return says;
    }

    private static Optional<RefusedRoute> refusedRoute(ParsedFile file) {
        for (Parsed parsed : file.objects()) {
            if (parsed instanceof Parsed.Refused refused
                    && refused.outline().orElse(null) instanceof GatewayRoute route) {
                return Optional.of(new RefusedRoute(route, refused.problems()));
            }
        }
        return Optional.empty();
    }

    private static List<Object> says(Resource resource) {
        return List.of(resource, resource.meta().generation());
    }

    private void delete(String name) {
        if (written.remove(name) != null) {
            changed.remove(name);
            refusedRoutes.remove(name);
            deleted.add(name);
            dirty = true;
            secretsStale = true;
        }
    }

    /** The state as it is now. */
    SourceState take() {
        settle();
        ImmutableList.Builder<Resource> resources = ImmutableList.builder();
        ImmutableList.Builder<Problem> problems = ImmutableList.builder();
        resources.add(meshConfig());
        store.all(Resource.class).stream()
                .filter(resource -> !(resource instanceof MeshConfig))
                .forEach(resources::add);
        List<KubernetesService> services = new ArrayList<>();
        for (Held held : platform.values()) {
            held.resource().ifPresent(resources::add);
            problems.addAll(held.problems());
            if (held.resource().orElse(null) instanceof KubernetesService service) {
                services.add(service);
            }
        }
        if (referencesStale) {
            references = ReferenceCheck.problems(store, services, DOMAIN_SUFFIX);
            referencesStale = false;
        }
        dirty = false;
        return new SourceState(
                resources.build(),
                problems.addAll(store.problems()).addAll(references).build(),
                ImmutableList.copyOf(refusedRoutes.values()));
    }

    private void settle() {
        if (!changed.isEmpty() || !deleted.isEmpty()) {
            store = store.apply(List.copyOf(changed.values()), Set.copyOf(deleted));
            changed.clear();
            deleted.clear();
            referencesStale = true;
        }
    }

    /** A mesh that names no root namespace has that of its control plane. */
    private MeshConfig meshConfig() {
        Optional<StoredResource> stored = store.find(MeshConfig.DEFAULT.key());
        boolean named =
                stored.filter(mesh -> mesh.positions().isSet(ROOT_NAMESPACE)).isPresent();
        return named ? store.meshConfig() : store.meshConfig().withRootNamespace(options.systemNamespace());
    }
}
