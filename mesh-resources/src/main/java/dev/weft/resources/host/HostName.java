package dev.weft.resources.host;

import com.google.common.base.Ascii;
import com.google.common.net.InetAddresses;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/**
 * The rules about hosts that Istio's kinds share. Pure. A pattern is a name, {@code *.suffix}, {@code *suffix} or {@code *}; a wildcard stands for at
 * least one character and for any number of labels. Everything that is given back is in lower case.
 */
public final class HostName {
    /** The most specific pattern first: names before wildcards, longer before shorter, then by the alphabet. */
    public static final Comparator<String> MOST_SPECIFIC_FIRST = Comparator.comparing(HostName::isWildcard)
            .thenComparing(Comparator.comparingInt(String::length).reversed())
            .thenComparing(Comparator.naturalOrder());

    private HostName() {}

    /**
     * The full name of a host in a rule. A name without any dot is a service in the namespace of the rule, not of the caller; what holds a dot
     * or a wildcard is taken as it is.
     *
     * @param domainSuffix usually {@code cluster.local}
     */
    public static String expand(String host, String ruleNamespace, String domainSuffix) {
        String lower = Ascii.toLowerCase(host);
        return isShort(lower) ? lower + "." + ruleNamespace + ".svc." + domainSuffix : lower;
    }

    /** Whether a host in a rule is the bare name of a service. */
    public static boolean isShort(String host) {
        return !host.isEmpty() && host.indexOf('.') < 0 && !isWildcard(host) && !isAddress(host);
    }

    public static boolean isWildcard(String pattern) {
        return pattern.startsWith("*");
    }

    public static boolean isAddress(String host) {
        return InetAddresses.isInetAddress(host);
    }

    /** Whether every host that {@code host} stands for is one that {@code pattern} stands for. */
    public static boolean matches(String pattern, String host) {
        String wanted = Ascii.toLowerCase(pattern);
        String given = Ascii.toLowerCase(host);
        if (!isWildcard(wanted)) {
            return wanted.equals(given);
        }
        String suffix = wanted.substring(1);
        if (isWildcard(given)) {
            return given.endsWith(suffix);
        }
        return given.length() > suffix.length() && given.endsWith(suffix);
    }

    /** Whether there may be a host that both stand for. */
    public static boolean overlap(String first, String second) {
        return matches(first, second) || matches(second, first);
    }

    /** The pattern that fits the host and says most about it: the name itself, else the longest wildcard. */
    public static Optional<String> mostSpecific(Collection<String> patterns, String host) {
        return patterns.stream().filter(pattern -> matches(pattern, host)).min(MOST_SPECIFIC_FIRST);
    }
}
