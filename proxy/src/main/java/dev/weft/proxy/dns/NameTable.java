package dev.weft.proxy.dns;

import com.google.common.base.Ascii;
import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.net.InetAddresses;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The mesh's names with their addresses, as one workload may write them. Immutable.
 *
 * <p>A name of a Kubernetes Service has its short forms; from another namespace not the shortest. A name of another kind is known with
 * the pod's first search domain behind it too: resolvers try that before the name itself, and would ask the cluster in vain for each.
 */
public final class NameTable {
    static final NameTable EMPTY = new NameTable(ImmutableMap.of(), ImmutableMap.of());

    private static final String KUBERNETES = "Kubernetes";

    private final ImmutableMap<String, Addresses> byName;
    /** Name with a search domain, to the name without. */
    private final ImmutableMap<String, String> aliases;

    private NameTable(ImmutableMap<String, Addresses> byName, ImmutableMap<String, String> aliases) {
        this.byName = byName;
        this.aliases = aliases;
    }

    /** The addresses of a name; either family may have none. */
    record Addresses(ImmutableList<byte[]> v4, ImmutableList<byte[]> v6) {}

    /** What is known of a name: its addresses, and the name that they belong to where it is another. */
    record Found(Addresses addresses, Optional<String> canonical) {}

    /**
     * @param namespace of the workload
     * @param domain of the cluster
     * @param search the pod's search domains
     */
    static NameTable of(
            dev.weft.api.istio.nds.NameTable table, String namespace, String domain, ImmutableList<String> search) {
        Map<String, Addresses> byName = new HashMap<>();
        Map<String, String> aliases = new HashMap<>();
        table.getTableMap().forEach((host, info) -> {
            String name = Ascii.toLowerCase(host);
            Addresses addresses = addresses(info.getIpsList());
            byName.put(name, addresses);
            info.getAltHostsList().forEach(other -> byName.putIfAbsent(Ascii.toLowerCase(other), addresses));
            if (info.getRegistry().equals(KUBERNETES)) {
                for (String form : forms(info.getShortname(), info.getNamespace(), namespace, domain)) {
                    byName.putIfAbsent(form, addresses);
                }
            } else if (!search.isEmpty() && !name.startsWith("*")) {
                aliases.put(name + "." + search.get(0), name);
            }
        });
        aliases.keySet().removeAll(byName.keySet());
        return new NameTable(ImmutableMap.copyOf(byName), ImmutableMap.copyOf(aliases));
    }

    private static Set<String> forms(String service, String namespace, String own, String domain) {
        Set<String> forms = new LinkedHashSet<>();
        if (service.isEmpty()) {
            return forms;
        }
        forms.add(service + "." + namespace);
        forms.add(service + "." + namespace + ".svc");
        forms.add(service + "." + namespace + ".svc." + domain);
        if (namespace.equals(own)) {
            forms.add(service);
        }
        return forms;
    }

    private static Addresses addresses(List<String> ips) {
        ImmutableList.Builder<byte[]> v4 = ImmutableList.builder();
        ImmutableList.Builder<byte[]> v6 = ImmutableList.builder();
        for (String ip : ips) {
            if (InetAddresses.isInetAddress(ip)) {
                InetAddress address = InetAddresses.forString(ip);
                (address instanceof Inet4Address ? v4 : v6).add(address.getAddress());
            }
        }
        return new Addresses(v4.build(), v6.build());
    }

    /** @param name in lowercase, without a dot at its end */
    Optional<Found> find(String name) {
        Addresses addresses = lookUp(name);
        if (addresses != null) {
            return Optional.of(new Found(addresses, Optional.empty()));
        }
        String canonical = aliases.get(name);
        Addresses behind = canonical == null ? null : byName.get(canonical);
        return canonical == null || behind == null
                ? Optional.empty()
                : Optional.of(new Found(behind, Optional.of(canonical)));
    }

    private @Nullable Addresses lookUp(String name) {
        Addresses exact = byName.get(name);
        for (int dot = name.indexOf('.'); exact == null && dot >= 0; dot = name.indexOf('.', dot + 1)) {
            exact = byName.get("*" + name.substring(dot));
        }
        return exact;
    }

    int size() {
        return byName.size();
    }
}
