package dev.weft.proxy.xds;

import dev.weft.api.istio.nds.NameTable;
import dev.weft.model.ProxyConfig;

/** Takes the configuration that is to run from now on. Called on the control thread; parts that did not change are the same objects. */
public interface ConfigSink {
    void apply(ProxyConfig config);

    /** The names of the mesh with their addresses; told only where they were asked for. */
    default void names(NameTable table) {}

    /** Whether {@code config} holds everything that the server meant so far: what readiness waits for at start. */
    void warm();
}
