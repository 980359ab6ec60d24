package dev.weft.control.cache;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSortedMap;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.registry.ProxyFacts.Client;
import dev.weft.control.registry.ProxyView;
import dev.weft.control.registry.ProxyViews;
import dev.weft.control.registry.RegistrySnapshot;
import dev.weft.control.translate.EndpointChange;
import dev.weft.control.translate.ProxyTranslator;
import dev.weft.control.translate.SharedClusters;
import dev.weft.model.ProxyConfig;
import dev.weft.model.cluster.Cluster;
import dev.weft.model.cluster.EndpointSet;
import dev.weft.model.listener.Listener;
import dev.weft.model.route.RouteConfig;
import dev.weft.xds.SecretResource;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * From the mesh to what one proxy gets, each step done once: views that are equal share one result, models that are equal share one
 * encoding, and both outlive a change that does not touch them. Safe for many threads.
 *
 * <p>Why two generations instead of a cache with a size: what the newest snapshot or the one before needs is kept, everything else is
 * garbage; there is nothing to tune and nothing to invalidate.
 *
 * <p>A view is made of two parts: its outbound side, by far the larger one, which most workloads of a namespace have in common, and what the
 * workload itself serves. Each is translated and encoded by itself.
 *
 * <p>The surprising rule: a change of endpoints alone goes another way. Listeners and routes never read endpoints, so they are not even
 * translated, and keep their very objects.
 */
public final class ViewCache implements SnapshotSource {

    private static final Logger LOG = LoggerFactory.getLogger(ViewCache.class);

    private final ImmutableMap<Client, ResourceEncoder> encoders;
    private final Map<String, Made> lastOfNode = new ConcurrentHashMap<>();
    private volatile @Nullable Generation current;
    private volatile @Nullable Generation previous;

    /** What was made of one registry snapshot. */
    private static final class Generation {
        private final RegistrySnapshot registry;
        private final Map<ProxyView, Made> views = new ConcurrentHashMap<>();
        private final Map<ProxyView, CachedView> outbound = new ConcurrentHashMap<>();
        private final Map<ProxyView, CachedView> inbound = new ConcurrentHashMap<>();
        private final SharedClusters clusters = new SharedClusters();
        private final Map<Model, Encoded> encoded = new ConcurrentHashMap<>();

        private Generation(RegistrySnapshot registry) {
            this.registry = registry;
        }
    }

    /** What one view gets, and the two parts that it is put together from. */
    private record Made(ResourceSnapshot whole, CachedView outbound, CachedView inbound) {
        private ImmutableList<Failure> failures() {
            return ImmutableList.<Failure>builder()
                    .addAll(outbound.failures())
                    .addAll(inbound.failures())
                    .build();
        }
    }

    /** A model in one dialect; names and types are part of the model. */
    private record Model(Client client, Object model) {}

    /** A resource, and the one model of those equal to it that is kept. */
    private record Encoded(Object model, EncodedResource resource) {}

    /** All resources of one type, and the models that they were made of. */
    private record Part<M>(ResourceSet set, Map<String, M> models) {}

    ViewCache(Map<Client, ResourceEncoder> encoders) {
        this.encoders = ImmutableMap.copyOf(encoders);
    }

    /** A cache that speaks to every kind of client. */
    public static ViewCache create() {
        return new ViewCache(DialectEncoder.all());
    }

    /** Makes {@code registry} the state that is served. Called by one thread at a time. */
    public void publish(RegistrySnapshot registry) {
        previous = current;
        current = new Generation(registry);
    }

    @Override
    public ResourceSnapshot snapshot(ClientNode node) {
        Generation generation = current;
        if (generation == null) {
            throw new IllegalStateException("asked for a view before the first snapshot");
        }
        ProxyView view = ProxyViews.cut(generation.registry, node);
        Made known = generation.views.get(view);
        if (known == null) {
            known = generation.views.computeIfAbsent(view, missing -> make(generation, missing, node));
        }
        lastOfNode.put(node.id(), known);
        return known.whole();
    }

    @Override
    public void release(ClientNode node) {
        lastOfNode.remove(node.id());
    }

    /** What {@code nodeId} got last. */
    public Optional<ResourceSnapshot> last(String nodeId) {
        return Optional.ofNullable(lastOfNode.get(nodeId)).map(Made::whole);
    }

    /** What could not be made for any connected proxy. */
    public ImmutableList<Failure> failures() {
        return lastOfNode.values().stream()
                .flatMap(made -> made.failures().stream())
                .distinct()
                .collect(ImmutableList.toImmutableList());
    }

    private Made make(Generation generation, ProxyView view, ClientNode node) {
        Generation old = previous;
        Made same = old == null ? null : old.views.get(view);
        if (same != null && same.failures().isEmpty()) {
            return same;
        }
        Made before = lastOfNode.get(node.id());
        CachedView lastOutbound = before == null ? null : before.outbound();
        CachedView lastInbound = before == null ? null : before.inbound();
        CachedView outbound = generation.outbound.computeIfAbsent(
                view.outboundSide(), side -> outbound(generation, side, lastOutbound));
        CachedView inbound =
                generation.inbound.computeIfAbsent(view.inboundSide(), side -> inbound(generation, side, lastInbound));
        return new Made(whole(outbound, inbound, before), outbound, inbound);
    }

    private CachedView outbound(Generation generation, ProxyView side, @Nullable CachedView before) {
        Generation old = previous;
        CachedView same = old == null ? null : old.outbound.get(side);
        if (same != null && same.failures().isEmpty()) {
            return same;
        }
        Encoding encoding = new Encoding(generation, old, side.proxy().client(), before);
        if (before == null) {
            return encoding.encode(side, ProxyTranslator.translateOutbound(side, generation.clusters));
        }
        Optional<EndpointChange> change = before.failures().isEmpty() && equalButEndpoints(before.view(), side)
                ? ProxyTranslator.translateEndpoints(side, before.view(), before.config(), generation.clusters)
                : Optional.empty();
        return change.isPresent()
                ? encoding.encode(side, before, change.get())
                : encoding.encode(
                        side,
                        ProxyTranslator.translateOutbound(side, before.view(), before.config(), generation.clusters));
    }

    private CachedView inbound(Generation generation, ProxyView side, @Nullable CachedView before) {
        Generation old = previous;
        CachedView same = old == null ? null : old.inbound.get(side);
        return same != null && same.failures().isEmpty()
                ? same
                : new Encoding(generation, old, side.proxy().client(), before)
                        .encode(side, ProxyTranslator.translateInbound(side));
    }

    private static ResourceSnapshot whole(CachedView outbound, CachedView inbound, @Nullable Made before) {
        Map<ResourceType, ResourceSet> sets = new EnumMap<>(ResourceType.class);
        for (ResourceType type : ResourceType.values()) {
            if (type == ResourceType.NAME_TABLE) {
                continue;
            }
            ResourceSet ofOutbound = outbound.snapshot().of(type);
            ResourceSet ofInbound = inbound.snapshot().of(type);
            if (before != null
                    && before.outbound().snapshot().of(type).equals(ofOutbound)
                    && before.inbound().snapshot().of(type).equals(ofInbound)) {
                sets.put(type, before.whole().of(type));
            } else {
                sets.put(type, ofOutbound.with(ofInbound));
            }
        }
        return ResourceSnapshot.of(sets).withNames(() -> outbound.snapshot().of(ResourceType.NAME_TABLE));
    }

    private static boolean equalButEndpoints(ProxyView one, ProxyView other) {
        return one.proxy().equals(other.proxy())
                && one.mesh().equals(other.mesh())
                && one.sidecar().equals(other.sidecar())
                && one.outbound().equals(other.outbound())
                && one.inbound().equals(other.inbound())
                && one.gateway().equals(other.gateway());
    }

    /** Encodes one configuration, from what is encoded already where it is. */
    private final class Encoding {
        private final Generation generation;
        private final @Nullable Generation old;
        private final Client client;
        private final @Nullable CachedView before;
        private final List<Failure> failures = new ArrayList<>();

        private Encoding(Generation generation, @Nullable Generation old, Client client, @Nullable CachedView before) {
            this.generation = generation;
            this.old = old;
            this.client = client;
            this.before = before;
        }

        private ResourceEncoder encoder() {
            ResourceEncoder encoder = encoders.get(client);
            if (encoder == null) {
                throw new AssertionError("no encoder for " + client);
            }
            return encoder;
        }

        /** What is as it was {@code last}, but for a change of endpoints. Nothing else is looked at. */
        private CachedView encode(ProxyView view, CachedView last, EndpointChange change) {
            ResourceEncoder encoder = encoder();
            Map<ResourceType, ResourceSet> sets = new EnumMap<>(ResourceType.class);
            for (ResourceType type : ResourceType.values()) {
                if (type != ResourceType.NAME_TABLE) {
                    sets.put(type, last.snapshot().of(type));
                }
            }
            sets.put(ResourceType.CLUSTER, replaced(ResourceType.CLUSTER, last, change.clusters(), encoder::cluster));
            sets.put(
                    ResourceType.ENDPOINT,
                    replaced(ResourceType.ENDPOINT, last, change.endpoints(), encoder::endpoints));
            ResourceSnapshot snapshot = ResourceSnapshot.of(sets).withNames(() -> NameTableEncoder.encode(view));
            return new CachedView(view, change.applyTo(last.config()), snapshot, ImmutableList.copyOf(failures));
        }

        private <M> ResourceSet replaced(
                ResourceType type, CachedView last, Map<String, M> models, Function<M, EncodedResource> encode) {
            ResourceSet known = last.snapshot().of(type);
            Map<String, EncodedResource> fresh = new LinkedHashMap<>();
            models.forEach((name, model) -> {
                EncodedResource now = tried(type, name, model, encode, known.find(name));
                if (now != null && !now.equals(known.find(name))) {
                    fresh.put(name, now);
                }
            });
            return fresh.isEmpty() ? known : known.replaced(fresh);
        }

        private CachedView encode(ProxyView view, ProxyConfig config) {
            ResourceEncoder encoder = encoder();
            ProxyConfig base = before == null ? ProxyConfig.EMPTY : before.config();
            Part<Cluster> clusters = part(ResourceType.CLUSTER, config.clusters(), base.clusters(), encoder::cluster);
            Part<EndpointSet> endpoints =
                    part(ResourceType.ENDPOINT, config.endpoints(), base.endpoints(), encoder::endpoints);
            Part<Listener> listeners =
                    part(ResourceType.LISTENER, config.listeners(), base.listeners(), encoder::listener);
            Part<RouteConfig> routes = part(ResourceType.ROUTE, config.routes(), base.routes(), encoder::routes);
            Part<SecretResource> secrets = part(
                    ResourceType.SECRET,
                    GatewaySecretResources.of(view),
                    before == null ? ImmutableMap.of() : GatewaySecretResources.of(before.view()),
                    encoder::secret);
            Map<ResourceType, ResourceSet> sets = new EnumMap<>(ResourceType.class);
            sets.put(ResourceType.CLUSTER, clusters.set());
            sets.put(ResourceType.ENDPOINT, endpoints.set());
            sets.put(ResourceType.LISTENER, listeners.set());
            sets.put(ResourceType.ROUTE, routes.set());
            sets.put(ResourceType.SECRET, secrets.set());
            ResourceSnapshot snapshot = ResourceSnapshot.of(sets).withNames(() -> NameTableEncoder.encode(view));
            ProxyConfig kept = new ProxyConfig(
                    ImmutableSortedMap.copyOf(listeners.models()),
                    ImmutableSortedMap.copyOf(routes.models()),
                    ImmutableSortedMap.copyOf(clusters.models()),
                    ImmutableSortedMap.copyOf(endpoints.models()));
            return new CachedView(view, kept, snapshot, ImmutableList.copyOf(failures));
        }

        /** Where a model is equal to one that is there already, that one is kept: sides differ in little, and each is thousands of models. */
        private <M> Part<M> part(
                ResourceType type, Map<String, M> models, Map<String, M> base, Function<M, EncodedResource> encode) {
            ResourceSet known =
                    before == null ? ResourceSet.EMPTY : before.snapshot().of(type);
            // What failed stands in the set at a version that is not the model's.
            boolean whole = before != null && before.failures().isEmpty();
            if (whole && models.equals(base)) {
                return new Part<>(known, base);
            }
            List<EncodedResource> resources = new ArrayList<>(models.size());
            Map<String, M> kept = new TreeMap<>();
            models.forEach((name, model) -> {
                EncodedResource last = known.find(name);
                M same = whole && last != null ? base.get(name) : null;
                if (last != null && same != null && model.equals(same)) {
                    resources.add(last);
                    kept.put(name, same);
                    return;
                }
                kept.put(name, one(model));
                EncodedResource now = tried(type, name, model, encode, last);
                if (now != null) {
                    resources.add(now);
                }
            });
            ResourceSet made = ResourceSet.of(resources);
            return new Part<>(made.equals(known) ? known : made, kept);
        }

        /** The one of all models equal to this. */
        @SuppressWarnings("unchecked") // equal models are of one type
        private <M> M one(M model) {
            Model key = new Model(client, model);
            Encoded known = generation.encoded.get(key);
            if (known == null && old != null) {
                known = old.encoded.get(key);
            }
            return known == null ? model : (M) known.model();
        }

        /** The resource, or the one before where it cannot be made. */
        private <M> @Nullable EncodedResource tried(
                ResourceType type,
                String name,
                M model,
                Function<M, EncodedResource> encode,
                @Nullable EncodedResource last) {
            try {
                return encoded(new Model(client, model), () -> encode.apply(model));
            } catch (RuntimeException e) {
                LOG.error("cannot encode type={} name={}", type.shortName(), name, e);
                failures.add(new Failure(type, name, String.valueOf(e.getMessage())));
                return last;
            }
        }

        private EncodedResource encoded(Model model, Supplier<EncodedResource> encode) {
            Encoded known = generation.encoded.get(model);
            if (known == null && old != null) {
                known = old.encoded.get(model);
            }
            Encoded result = known == null ? new Encoded(model.model(), encode.get()) : known;
            generation.encoded.put(model, result);
            return result.resource();
        }
    }
}
