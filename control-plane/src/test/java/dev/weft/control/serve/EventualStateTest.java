package dev.weft.control.serve;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.weft.control.cache.ResourceSnapshot;
import dev.weft.control.cache.ViewCache;
import dev.weft.control.registry.ClientNode;
import dev.weft.control.registry.ClientNode.DnsCapture;
import dev.weft.control.registry.ProxyFacts;
import dev.weft.control.registry.ProxyFacts.Client;
import dev.weft.control.registry.ProxyFacts.Interception;
import dev.weft.control.registry.ProxyFacts.Role;
import dev.weft.control.registry.RegistrySnapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Whatever happened, however slow anybody was, and though some refuse a part of what they get: when all is quiet, each proxy has what one that
 * connects now would get. Everything between the
 * objects and the proxies knows what a change changed and leaves the rest; here it is compared with what is made of everything, from nothing.
 *
 * <p>{@code -Dweft.seeds=100} tries more. A failure says its seed, which gives the same run again.
 */
class EventualStateTest {
    private static final int SEEDS = Integer.getInteger("weft.seeds", 10);
    private static final int ROUNDS = 25;
    private static final int STEPS = 80;

    private final long[] now = {0};
    private Random random = new Random(0);
    private RandomMesh mesh = new RandomMesh(random);
    private Optional<RegistrySnapshot> registry = Optional.empty();
    private ViewCache cache = ViewCache.create();
    private List<PlayedProxy> proxies = new ArrayList<>();

    @Test
    void isThatOfAProxyThatConnectsNow() throws InvalidProtocolBufferException {
        for (int seed = 0; seed < SEEDS; seed++) {
            begin(seed);
            for (int round = 0; round < ROUNDS; round++) {
                mesh.done.clear();
                try {
                    for (int step = 0; step < STEPS; step++) {
                        step();
                    }
                    settle();
                    compare();
                } catch (AssertionError e) {
                    throw new AssertionError(
                            "seed " + seed + " round " + round + ":\n" + String.join("\n", mesh.done), e);
                }
            }
        }
    }

    private void begin(int seed) {
        random = new Random(seed);
        mesh = new RandomMesh(random);
        registry = Optional.empty();
        cache = ViewCache.create();
        publish(20);
        proxies = new ArrayList<>();
        for (AdsStream.Variant variant : AdsStream.Variant.values()) {
            for (ClientNode node : nodes(variant.name())) {
                PlayedProxy proxy = new PlayedProxy(node, variant, () -> now[0], proxies.size() % 3 == 1);
                proxies.add(proxy);
                proxy.connect(true);
            }
        }
    }

    private static List<ClientNode> nodes(String suffix) {
        return List.of(
                node("s1-0." + suffix, "a", "s1", Client.MESH_PROXY, Interception.REDIRECT, DnsCapture.ON),
                node("s1-1." + suffix, "a", "s1", Client.MESH_PROXY, Interception.REDIRECT, DnsCapture.OFF),
                node("s2-0." + suffix, "a", "s2", Client.MESH_PROXY, Interception.REDIRECT, DnsCapture.OFF),
                node("s1-0." + suffix, "b", "s1", Client.STOCK_ENVOY, Interception.NONE, DnsCapture.OFF),
                node("s0-2." + suffix, "b", "s0", Client.MESH_PROXY, Interception.TPROXY, DnsCapture.OFF),
                node("front." + suffix, "a", "front", Client.MESH_PROXY, Interception.NONE, DnsCapture.OFF));
    }

    private static ClientNode node(
            String name, String namespace, String app, Client client, Interception interception, DnsCapture dns) {
        String workload = name.substring(0, name.indexOf('.'));
        ProxyFacts facts = new ProxyFacts(
                client,
                namespace,
                "x",
                "cluster.local",
                ImmutableMap.of("app", app, "gateway.networking.k8s.io/gateway-name", "api"),
                ImmutableList.of("10.0.0.1"),
                Optional.empty(),
                "",
                OptionalInt.empty(),
                interception,
                app.equals("front") ? Role.GATEWAY : Role.SIDECAR);
        return new ClientNode(
                name + "." + namespace,
                workload,
                facts,
                new ClientNode.UserAgent(client == Client.STOCK_ENVOY ? "envoy" : "weft", ""),
                OptionalInt.empty(),
                dns);
    }

    private void step() throws InvalidProtocolBufferException {
        PlayedProxy proxy = proxies.get(random.nextInt(proxies.size()));
        switch (random.nextInt(10)) {
            case 0 -> publish(1 + random.nextInt(3));
            case 1, 2, 3 -> {
                if (proxy.due) {
                    proxy.hear(cache);
                }
            }
            case 4, 5 -> proxy.take();
            case 6, 7, 8 -> {
                // Most is at stake where a stream breaks between two answers.
                if (proxy.answer() && random.nextInt(6) == 0) {
                    reconnect(proxy, false);
                }
            }
            default -> {
                if (random.nextInt(4) == 0) {
                    reconnect(proxy, random.nextBoolean());
                } else {
                    now[0] += Duration.ofMillis(random.nextInt(4000)).toNanos();
                }
            }
        }
    }

    private void reconnect(PlayedProxy proxy, boolean empty) {
        cache.release(proxy.node);
        proxy.connect(empty);
    }

    private void publish(int changes) {
        for (int i = 0; i < changes; i++) {
            mesh.change();
        }
        RegistrySnapshot next = RegistrySnapshot.of(mesh.resources(), registry);
        registry = Optional.of(next);
        cache.publish(next);
        proxies.forEach(proxy -> proxy.due = true);
    }

    /** Lets everything that is on its way arrive, and all patience end. */
    private void settle() throws InvalidProtocolBufferException {
        for (PlayedProxy proxy : proxies) {
            if (proxy.due) {
                proxy.hear(cache);
            }
            for (int quiet = 0; quiet < 3; ) {
                boolean moved = false;
                while (proxy.take() | proxy.answer()) {
                    moved = true;
                }
                quiet = moved ? 0 : quiet + 1;
                now[0] += AdsStream.PATIENCE.toNanos();
            }
        }
    }

    private void compare() {
        ViewCache fresh = ViewCache.create();
        fresh.publish(RegistrySnapshot.of(mesh.resources()));
        for (PlayedProxy proxy : proxies) {
            ResourceSnapshot expected = fresh.snapshot(proxy.node);
            assertThat(proxy.difference(expected)).as(proxy.node.id()).isEmpty();
        }
    }
}
