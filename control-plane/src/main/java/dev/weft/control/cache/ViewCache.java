package dev.weft.control.cache;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.registry.ProxyFacts.Client;
import dev.weft.control.registry.ProxyView;
import dev.weft.control.registry.ProxyViews;
import dev.weft.control.registry.RegistrySnapshot;
import dev.weft.control.translate.ProxyTranslator;
import dev.weft.model.ProxyConfig;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
        private final Map<ProxyView, CachedView> sides = new ConcurrentHashMap<>();
        private final Map<Model, EncodedResource> encoded = new ConcurrentHashMap<>();

        private Generation(RegistrySnapshot registry) {
            this.registry = registry;
        }
    }

    /** What one view gets, and the two parts that it is put together from. */
    private record Made(CachedView whole, CachedView outbound, CachedView inbound) {}

    /** A model in one dialect; names and types are part of the model. */
    private record Model(Client client, Object model) {}

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
        return known.whole().snapshot();
    }

    @Override
    public void release(ClientNode node) {
        lastOfNode.remove(node.id());
    }

    /** What {@code nodeId} got last. */
    public Optional<CachedView> last(String nodeId) {
        return Optional.ofNullable(lastOfNode.get(nodeId)).map(Made::whole);
    }

    /** What could not be made for any connected proxy. */
    public ImmutableList<Failure> failures() {
        return lastOfNode.values().stream()
                .flatMap(made -> made.whole().failures().stream())
                .distinct()
                .collect(ImmutableList.toImmutableList());
    }

    private Made make(Generation generation, ProxyView view, ClientNode node) {
        Generation old = previous;
        Made same = old == null ? null : old.views.get(view);
        if (same != null && same.whole().failures().isEmpty()) {
            return same;
        }
        Made before = lastOfNode.get(node.id());
        CachedView lastOutbound = before == null ? null : before.outbound();
        CachedView lastInbound = before == null ? null : before.inbound();
        CachedView outbound =
                generation.sides.computeIfAbsent(view.outboundSide(), side -> outbound(generation, side, lastOutbound));
        CachedView inbound = new Encoding(generation, old, view.proxy().client(), lastInbound)
                .encode(view, ProxyTranslator.translateInbound(view));
        return new Made(whole(view, outbound, inbound, before), outbound, inbound);
    }

    private CachedView outbound(Generation generation, ProxyView side, @Nullable CachedView before) {
        Generation old = previous;
        CachedView same = old == null ? null : old.sides.get(side);
        if (same != null && same.failures().isEmpty()) {
            return same;
        }
        ProxyConfig config = before != null && equalButEndpoints(before.view(), side)
                ? ProxyTranslator.translateEndpoints(side, before.view(), before.config())
                : ProxyTranslator.translateOutbound(side);
        return new Encoding(generation, old, side.proxy().client(), before).encode(side, config);
    }

    private static CachedView whole(ProxyView view, CachedView outbound, CachedView inbound, @Nullable Made before) {
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
                sets.put(type, before.whole().snapshot().of(type));
            } else {
                sets.put(type, ofOutbound.with(ofInbound));
            }
        }
        return new CachedView(
                view,
                ProxyTranslator.merged(outbound.config(), inbound.config()),
                ResourceSnapshot.of(sets).withNames(() -> outbound.snapshot().of(ResourceType.NAME_TABLE)),
                ImmutableList.<Failure>builder()
                        .addAll(outbound.failures())
                        .addAll(inbound.failures())
                        .build());
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

        private CachedView encode(ProxyView view, ProxyConfig config) {
            ResourceEncoder encoder = encoders.get(client);
            if (encoder == null) {
                throw new AssertionError("no encoder for " + client);
            }
            Map<ResourceType, ResourceSet> sets = new EnumMap<>(ResourceType.class);
            ProxyConfig base = before == null ? ProxyConfig.EMPTY : before.config();
            sets.put(
                    ResourceType.CLUSTER,
                    set(ResourceType.CLUSTER, config.clusters(), base.clusters(), encoder::cluster));
            sets.put(
                    ResourceType.ENDPOINT,
                    set(ResourceType.ENDPOINT, config.endpoints(), base.endpoints(), encoder::endpoints));
            sets.put(
                    ResourceType.LISTENER,
                    set(ResourceType.LISTENER, config.listeners(), base.listeners(), encoder::listener));
            sets.put(
                    ResourceType.SECRET,
                    set(
                            ResourceType.SECRET,
                            GatewaySecretResources.of(view),
                            before == null ? ImmutableMap.of() : GatewaySecretResources.of(before.view()),
                            encoder::secret));
            sets.put(ResourceType.ROUTE, set(ResourceType.ROUTE, config.routes(), base.routes(), encoder::routes));
            ResourceSnapshot snapshot = ResourceSnapshot.of(sets).withNames(() -> NameTableEncoder.encode(view));
            return new CachedView(view, config, snapshot, ImmutableList.copyOf(failures));
        }

        private <M> ResourceSet set(
                ResourceType type, Map<String, M> models, Map<String, M> base, Function<M, EncodedResource> encode) {
            ResourceSet known =
                    before == null ? ResourceSet.EMPTY : before.snapshot().of(type);
            // What failed stands in the set at a version that is not the model's.
            boolean whole = before != null && before.failures().isEmpty();
            if (whole && models.equals(base)) {
                return known;
            }
            List<EncodedResource> resources = new ArrayList<>(models.size());
            models.forEach((name, model) -> {
                EncodedResource last = known.find(name);
                if (whole && last != null && model.equals(base.get(name))) {
                    resources.add(last);
                    return;
                }
                try {
                    resources.add(encoded(new Model(client, model), () -> encode.apply(model)));
                } catch (RuntimeException e) {
                    LOG.error("cannot encode type={} name={}", type.shortName(), name, e);
                    failures.add(new Failure(type, name, String.valueOf(e.getMessage())));
                    if (last != null) {
                        resources.add(last);
                    }
                }
            });
            return ResourceSet.of(resources);
        }

        private EncodedResource encoded(Model model, Supplier<EncodedResource> encode) {
            EncodedResource known = generation.encoded.get(model);
            if (known == null && old != null) {
                known = old.encoded.get(model);
            }
            EncodedResource result = known == null ? encode.get() : known;
            generation.encoded.put(model, result);
            return result;
        }
    }
}
