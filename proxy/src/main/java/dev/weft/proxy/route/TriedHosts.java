package dev.weft.proxy.route;

import dev.weft.proxy.balance.Host;
import dev.weft.proxy.balance.HostPredicate;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The endpoints that a request was tried on, for the picks of its retries. Loop-confined; part of a call and reused. */
final class TriedHosts implements HostPredicate {
    private @Nullable Host[] hosts = new Host[4];
    private int count;
    private int reselections;

    void begin(RetryRules.HostSelection selection) {
        reselections = selection.avoidPrevious() ? selection.reselections() : 0;
    }

    void add(Host host) {
        if (count == hosts.length) {
            hosts = Arrays.copyOf(hosts, count * 2);
        }
        hosts[count++] = host;
    }

    @Override
    public boolean rejects(Host host) {
        for (int i = 0; i < count; i++) {
            if (host.equals(hosts[i])) {
                return true;
            }
        }
        return false;
    }

    @Override
    public int reselections() {
        return reselections;
    }

    void clear() {
        Arrays.fill(hosts, 0, count, null);
        count = 0;
    }
}
