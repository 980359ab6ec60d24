package dev.weft.control.translate;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import dev.weft.control.registry.MeshService;
import java.util.LinkedHashSet;
import java.util.Set;

/** The names under which a workload may call a service. */
final class Hosts {
    private Hosts() {}

    /**
     * Domains of the virtual host of a service as seen from a namespace: the full name, and for names of the cluster all their
     * short forms, for those of a headless service also everything below.
     */
    static ImmutableSet<String> domains(MeshService service, String viewer, String domainSuffix) {
        Set<String> domains = new LinkedHashSet<>();
        String host = service.hostname();
        domains.add(host);
        String tail = "." + service.namespace() + ".svc." + domainSuffix;
        if (host.endsWith(tail)) {
            String name = host.substring(0, host.length() - tail.length());
            domains.add(host + ".");
            domains.add(name + "." + service.namespace() + ".svc");
            domains.add(name + "." + service.namespace());
            if (service.namespace().equals(viewer)) {
                domains.add(name);
            }
        }
        if (service.headless()) {
            // The pods of a StatefulSet have names below the service's.
            ImmutableList.copyOf(domains).forEach(domain -> domains.add("*." + domain));
        }
        for (String address : service.addresses()) {
            if (address.indexOf('/') < 0) {
                domains.add(address.indexOf(':') >= 0 ? "[" + address + "]" : address);
            }
        }
        return ImmutableSet.copyOf(domains);
    }

    /** How well a rule's host fits a service: -1 not at all, else longer is more specific and an exact name beats all. */
    static int specificity(String ruleHost, String serviceHost) {
        if (ruleHost.equals(serviceHost)) {
            return Integer.MAX_VALUE;
        }
        if (ruleHost.equals("*")) {
            return 0;
        }
        return ruleHost.startsWith("*") && serviceHost.endsWith(ruleHost.substring(1)) ? ruleHost.length() : -1;
    }
}
