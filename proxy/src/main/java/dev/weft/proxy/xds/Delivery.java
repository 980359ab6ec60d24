package dev.weft.proxy.xds;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableMap;
import com.google.common.collect.ImmutableSet;
import com.google.protobuf.ByteString;

/**
 * What one response says about one type.
 *
 * @param removed names that are gone, or that were asked for and do not exist
 */
record Delivery(XdsType type, ImmutableList<Received> resources, ImmutableSet<String> removed) {

    /** One resource as received. {@code name} may be empty where the protocol carries none outside the resource. */
    record Received(String name, String version, String typeUrl, ByteString bytes) {}

    /** Takes a delivery: applies what is good, and says by name why the rest is not. */
    interface Receiver {
        ImmutableMap<String, String> receive(Delivery delivery);
    }
}
