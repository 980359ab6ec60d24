package dev.weft.xds.descriptor;

import java.lang.ref.SoftReference;

/**
 * Loads the descriptor set when somebody needs it and lets the collector take it back. {@link #release} drops it at once: a proxy
 * calls it after a batch of configuration, so that its small heap does not grow around types it will not need for hours. Confined to the
 * thread that decodes.
 */
public final class OnDemandDescriptors {
    private SoftReference<Descriptors> loaded = new SoftReference<>(null);

    public Descriptors get() {
        Descriptors descriptors = loaded.get();
        if (descriptors == null) {
            descriptors = Descriptors.load();
            loaded = new SoftReference<>(descriptors);
        }
        return descriptors;
    }

    public void release() {
        loaded.clear();
    }
}
