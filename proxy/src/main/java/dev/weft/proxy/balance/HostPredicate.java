package dev.weft.proxy.balance;

/** Refuses picks: a retry avoids the hosts that were tried. The last pick is used even if it was refused. */
public interface HostPredicate {
    boolean rejects(Host host);

    /** How often a refused pick is repeated. */
    int reselections();
}
