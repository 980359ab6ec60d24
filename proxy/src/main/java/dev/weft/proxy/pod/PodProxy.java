package dev.weft.proxy.pod;

/** A proxy in a pod: its environment, and what it is there. */
public record PodProxy(PodEnvironment environment, PodRole role) {}
