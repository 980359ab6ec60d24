package dev.weft.proxy.cluster;

import com.google.common.collect.ImmutableList;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.identity.TlsContexts;
import java.util.concurrent.ScheduledExecutorService;

/**
 * What clusters need of the program; made once by its wiring.
 *
 * @param loops by index
 * @param control the one thread that publishes endpoints
 */
public record ClusterEnvironment(
        ImmutableList<Loop> loops,
        ScheduledExecutorService control,
        UpstreamChannels channels,
        TlsContexts tls,
        NameResolver resolver) {}
