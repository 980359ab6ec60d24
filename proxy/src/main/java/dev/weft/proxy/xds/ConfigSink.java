package dev.weft.proxy.xds;

import dev.weft.model.ProxyConfig;

/** Takes the configuration that is to run from now on. Called on the control thread; parts that did not change are the same objects. */
public interface ConfigSink {
    void apply(ProxyConfig config);

    /** Whether {@code config} holds everything that the server meant so far: what readiness waits for at start. */
    void warm();
}
