package dev.weft.resources;

import com.google.errorprone.annotations.Immutable;

/**
 * A host that a sidecar imports, written {@code namespace/dnsName}.
 *
 * @param namespace {@code *} any, {@code .} the Sidecar's own, {@code ~} none, else its name
 * @param dnsName a name, {@code *.suffix} or {@code *}
 * @param mode {@code ~namespace/dnsName} takes hosts away after all others were added
 */
@Immutable
public record EgressHost(String namespace, String dnsName, Mode mode) {
    /** Whether the hosts are added or taken away. */
    public enum Mode {
        INCLUDE,
        EXCLUDE
    }
}
