package dev.weft.control.serve;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.control.registry.ClientNode;
import java.time.Instant;
import java.util.Optional;

/**
 * How far one proxy has come.
 *
 * @param streams how many streams it holds open
 * @param types those it subscribed to, in push order
 * @param disconnectedAt set while it has no stream
 */
@Immutable
public record ProxyProgress(
        ClientNode node,
        int streams,
        Instant connectedAt,
        Optional<Instant> disconnectedAt,
        ImmutableList<TypeProgress> types) {}
