/**
 * ADS client: subscribe, decode, ack or nack, back off, and put together what arrived into a configuration that can be run.
 *
 * <p>Pure state machines ({@code DeltaProtocol}, {@code ConfigAssembler}) under an I/O shell ({@code AdsClient}). All of it is
 * confined to the proxy's one control thread. Imports the model, mesh-xds, {@code proxy.rpc} and {@code proxy.config}. Stations:
 * {@code AdsClient}, {@code ConfigAssembler}.
 */
@NullMarked
package dev.weft.proxy.xds;

import org.jspecify.annotations.NullMarked;
