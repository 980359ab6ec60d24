package dev.weft.control.registry;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.hash.Hashing;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.ResourceKey;
import dev.weft.resources.ResourceKind;
import dev.weft.resources.ServiceEntry;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Virtual addresses for hosts of {@code ServiceEntry}s that declare none, so that a workload whose DNS the mesh answers can tell them
 * apart at the level of TCP: one of 240.240.0.0/16 and one of 2001:2::/48, as Istio's.
 *
 * <p>The surprising rule: nothing is stored. The address follows from the name; where two names meet, the older one has it and the
 * newer one takes the next. So replicas and restarts agree, and an address moves only when an older rival disappears.
 */
@Immutable
@SuppressWarnings("Immutable") // the map is immutable, and so are its values
final class AutoAddresses {
    /** Istio's label by which an entry declines: its hosts go by the addresses that the cluster's DNS has. */
    private static final String LABEL = "networking.istio.io/enable-autoallocate-ip";

    /** The first and the last of the block are nobody's. */
    private static final int MOST = (1 << 16) - 2;

    private final ImmutableMap<Owner, ImmutableList<String>> byOwner;

    private record Owner(String namespace, String host) {}

    private AutoAddresses(ImmutableMap<Owner, ImmutableList<String>> byOwner) {
        this.byOwner = byOwner;
    }

    /**
     * @param services the oldest first
     * @param entries that declare some of them
     */
    static AutoAddresses of(List<MeshService> services, List<ServiceEntry> entries) {
        Set<ResourceKey> declined = new HashSet<>();
        for (ServiceEntry entry : entries) {
            if (Ascii.equalsIgnoreCase(entry.meta().labels().getOrDefault(LABEL, ""), "false")) {
                declined.add(entry.key());
            }
        }
        Set<Integer> taken = new HashSet<>();
        Map<Owner, ImmutableList<String>> addresses = new LinkedHashMap<>();
        for (MeshService service : services) {
            if (isWithout(service) && !declined.contains(service.source()) && taken.size() < MOST) {
                Owner owner = new Owner(service.namespace(), service.hostname());
                int number = first(owner);
                while (!taken.add(number)) {
                    number = number % MOST + 1;
                }
                addresses.put(
                        owner,
                        ImmutableList.of(
                                "240.240." + (number >> 8) + "." + (number & 0xFF),
                                "2001:2::" + Integer.toHexString(number)));
            }
        }
        return new AutoAddresses(ImmutableMap.copyOf(addresses));
    }

    /** The service with the addresses that it was given; itself where it was given none. */
    MeshService addressed(MeshService service) {
        ImmutableList<String> given = byOwner.get(new Owner(service.namespace(), service.hostname()));
        return given == null || !isWithout(service) ? service : service.withAddresses(given);
    }

    private static boolean isWithout(MeshService service) {
        return service.source().kind() == ResourceKind.SERVICE_ENTRY
                && service.addresses().isEmpty()
                && !service.hostname().startsWith("*")
                && service.resolution() != MeshService.Resolution.ORIGINAL_DESTINATION;
    }

    private static int first(Owner owner) {
        int hash = Hashing.sha256()
                .hashString(owner.namespace() + "/" + owner.host(), StandardCharsets.UTF_8)
                .asInt();
        return Math.floorMod(hash, MOST) + 1;
    }
}
