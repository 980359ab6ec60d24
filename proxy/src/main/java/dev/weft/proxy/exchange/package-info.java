/**
 * Vocabulary of a request in flight: its heads as byte ranges, the facts of its connections, the filters' and the
 * router's contracts, the reasons for which it can end, and the loop that it is confined to.
 *
 * <p>Imports the model and Netty's buffers, channels and event loops, nothing else of the proxy. Stations: {@link
 * dev.weft.proxy.exchange.FilterWalk}, {@link dev.weft.proxy.exchange.LocalReply}, {@link
 * dev.weft.proxy.exchange.ExchangeObserver}.
 *
 * <p>Everything here that is mutable belongs to one event loop and must not be touched from another thread.
 */
@NullMarked
package dev.weft.proxy.exchange;

import org.jspecify.annotations.NullMarked;
