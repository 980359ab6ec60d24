package dev.weft.proxy.xds;

import com.google.common.collect.ImmutableList;
import com.google.common.collect.ImmutableSet;
import java.util.Optional;

/**
 * One variant of the aggregated discovery protocol as a pure state machine: events in, requests out. Confined to the control thread.
 *
 * @param <Q> request message
 * @param <R> response message
 */
interface AdsProtocol<Q, R> {
    /** A stream is open: what to send first. Everything that is wanted is said anew, with the versions that are held. */
    ImmutableList<Q> opened();

    /** Wants exactly these resources of a type that is asked for by name. Empty where nothing is to be sent. */
    Optional<Q> subscribe(XdsType type, ImmutableSet<String> names);

    /** A response arrived: hands its resources on and gives the ACK or NACK. Empty for types that were not asked for. */
    Optional<Q> received(R response, Delivery.Receiver receiver);
}
