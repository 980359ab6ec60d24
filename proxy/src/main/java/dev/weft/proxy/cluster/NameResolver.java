package dev.weft.proxy.cluster;

import com.google.common.collect.ImmutableList;
import java.net.InetAddress;
import java.util.function.Consumer;

/** Finds the addresses of a name, without blocking. */
public interface NameResolver {
    /** Calls back once, on any thread. */
    void resolve(String name, Consumer<Answer> callback);

    /** What came of it. */
    sealed interface Answer {
        /** Never empty; in the order of the answer. */
        record Addresses(ImmutableList<InetAddress> addresses) implements Answer {}

        record Failed(String problem) implements Answer {}
    }
}
