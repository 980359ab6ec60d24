package dev.weft.resources.host;

import com.google.common.collect.ImmutableSet;
import java.util.Set;

/**
 * Who sees an object: the rules of {@code exportTo}. Pure. Tokens are {@code .} (its own namespace), {@code *} (everybody), {@code ~} (nobody) and names
 * of namespaces; none means the mesh's default.
 */
public final class Exports {
    private static final String OWN = ".";
    private static final String EVERYBODY = "*";

    private Exports() {}

    /** How far an object reaches; rules that are private come before those that are public. */
    public enum Reach {
        OWN_NAMESPACE,
        NAMED_NAMESPACES,
        EVERYBODY,
        NOBODY
    }

    /** What the object says, or the mesh's default where it says nothing. */
    public static ImmutableSet<String> effective(ImmutableSet<String> exportTo, ImmutableSet<String> meshDefault) {
        return exportTo.isEmpty() ? meshDefault : exportTo;
    }

    /**
     * Whether an object of one namespace is seen from another.
     *
     * @param exportTo as {@link #effective} gives it
     */
    public static boolean visible(Set<String> exportTo, String ownNamespace, String viewerNamespace) {
        return exportTo.contains(EVERYBODY)
                || exportTo.contains(viewerNamespace)
                || exportTo.contains(OWN) && ownNamespace.equals(viewerNamespace);
    }

    /**
     * How far an object reaches.
     *
     * @param exportTo as {@link #effective} gives it
     */
    public static Reach reach(Set<String> exportTo, String ownNamespace) {
        if (exportTo.contains(EVERYBODY)) {
            return Reach.EVERYBODY;
        }
        boolean own = exportTo.contains(OWN) || exportTo.contains(ownNamespace);
        boolean others = exportTo.stream()
                .anyMatch(token -> !token.equals(OWN) && !token.equals("~") && !token.equals(ownNamespace));
        if (others) {
            return Reach.NAMED_NAMESPACES;
        }
        return own ? Reach.OWN_NAMESPACE : Reach.NOBODY;
    }
}
