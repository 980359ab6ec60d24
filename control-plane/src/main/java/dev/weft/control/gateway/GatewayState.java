package dev.weft.control.gateway;

import com.google.common.collect.ImmutableList;
import com.google.errorprone.annotations.Immutable;
import dev.weft.resources.KubernetesGateway;

/** A Gateway of ours with its listeners, in the order written. */
@Immutable
public record GatewayState(KubernetesGateway gateway, ImmutableList<ListenerState> listeners) {}
