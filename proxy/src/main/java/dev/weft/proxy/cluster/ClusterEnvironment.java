package dev.weft.proxy.cluster;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.identity.TlsContexts;
import dev.weft.proxy.upstream.ClientProtocol;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What clusters need of the program; made once by its wiring.
 *
 * @param loops by index
 * @param control the one thread that publishes endpoints
 * @param http2 makes HTTP/2 clients
 */
public record ClusterEnvironment(
        ImmutableList<Loop> loops,
        ScheduledExecutorService control,
        UpstreamChannels channels,
        ClientProtocol http2,
        TlsContexts tls,
        NameResolver resolver) {}
