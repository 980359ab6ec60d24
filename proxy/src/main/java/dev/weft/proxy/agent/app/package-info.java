/**
 * What a sidecar does for the application beside it: asks for its health on behalf of the kubelet, whose own probes the mesh's rules
 * would refuse, and fetches its metrics, so that one scrape tells of both.
 *
 * <p>Part of the agent's room. Everything runs on the event loop of the exchange that asked.
 */
@NullMarked
package dev.weft.proxy.agent.app;

import org.jspecify.annotations.NullMarked;
