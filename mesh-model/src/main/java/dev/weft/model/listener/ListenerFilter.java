package dev.weft.model.listener;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.model.match.PortRange;

/**
 * Looks at a connection before a filter chain is chosen. {@code disabledPorts} are destination ports where it does not: a
 * server-first protocol sends nothing to look at.
 */
@Immutable
public sealed interface ListenerFilter {
    /** Restores the destination that the client dialled. */
    record OriginalDestination() implements ListenerFilter {}

    /**
     * Connections to endpoints come from the client's own address.
     *
     * @param mark of their packets, by which the kernel's rules bring the answers back; 0 for none
     */
    record OriginalSource(int mark) implements ListenerFilter {}

    record TlsInspector(ImmutableList<PortRange> disabledPorts) implements ListenerFilter {}

    record HttpInspector(ImmutableList<PortRange> disabledPorts) implements ListenerFilter {}
}
