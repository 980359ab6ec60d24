package dev.weft.injector.render;

import com.google.errorprone.annotations.Immutable;

/**
 * What the agent must relay to the application, as JSON texts; empty where nothing.
 *
 * @param probes by the path that the kubelet asks instead
 * @param metrics where the application serves its own
 */
@Immutable
record AppTraffic(String probes, String metrics) {}
