package dev.weft.proxy.agent.app;

/** Where the application's metrics are, in the pod itself. Immutable. */
public record AppMetrics(int port, String path, AppProbe.Scheme scheme) {}
