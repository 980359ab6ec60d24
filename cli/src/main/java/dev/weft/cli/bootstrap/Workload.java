package dev.weft.cli.bootstrap;

import com.google.common.collect.ImmutableMap;

/**
 * One workload outside a cluster, as its launcher knows it.
 *
 * @param name of the WorkloadEntry; the proxy's name too
 * @param address where other workloads reach it
 * @param labels of the workload
 */
public record Workload(
        String name, String namespace, String serviceAccount, String address, ImmutableMap<String, String> labels) {
    public Workload {
        if (name.isEmpty() || namespace.isEmpty()) {
            throw new IllegalArgumentException("name, namespace: expected both, found " + name + ", " + namespace);
        }
    }

    /** The SPIFFE id in this workload's certificate. */
    public String identity(String trustDomain) {
        return "spiffe://" + trustDomain + "/ns/" + namespace + "/sa/" + serviceAccount;
    }
}
