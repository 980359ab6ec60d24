package dev.weft.proxy;

import dev.weft.model.cluster.Cluster;
import dev.weft.proxy.agent.CertificateAgent;
import dev.weft.proxy.agent.LocalAgent;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.identity.FileSecrets;
import dev.weft.proxy.identity.SecretRefs;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.proxy.identity.TlsContexts;
import dev.weft.proxy.identity.TlsEngine;
import dev.weft.proxy.listener.IoTransport;
import dev.weft.proxy.rpc.RpcChannel;
import dev.weft.proxy.xds.CallerToken;
import dev.weft.proxy.xds.ControlPlaneChannel;
import dev.weft.xds.bootstrap.Bootstrap;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * {@code weft-proxy agent}: the part of a proxy that stands beside the data path, for a proxy that is not ours. Takes the bootstrap
 * that our own proxy of the workload would take.
 */
public final class AgentApp implements AutoCloseable {
    private static final Duration FILE_RELOAD = Duration.ofSeconds(1);

    private final Parts parts;
    private final CertificateAgent certificates;
    private final LocalAgent server;

    private AgentApp(Parts parts, CertificateAgent certificates, LocalAgent server) {
        this.parts = parts;
        this.certificates = certificates;
        this.server = server;
    }

    /** What the rest stands on. */
    private record Parts(
            ScheduledExecutorService control, EventLoopGroup group, TlsContexts tls, RpcChannel controlPlane) {}

    /**
     * Starts it.
     *
     * @throws IllegalArgumentException when the bootstrap lacks what an agent needs
     * @throws IOException when the socket cannot be made
     */
    public static AgentApp start(Bootstrap bootstrap, Path socket) throws IOException {
        Bootstrap.AgentConfig config = bootstrap
                .agent()
                .map(agent -> NodeIdentity.agent(agent, bootstrap.node()))
                .orElseThrow(() -> new IllegalArgumentException(
                        "bootstrap_extensions holds no weft.agent, which names the control plane and the credential"));
        Cluster cluster = bootstrap.clusters().stream()
                .filter(candidate -> candidate.name().equals(config.xdsCluster()))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "xds_cluster is '" + config.xdsCluster() + "', which static_resources.clusters does not hold"));
        ScheduledExecutorService control =
                Executors.newSingleThreadScheduledExecutor(new DefaultThreadFactory("weft-control", true));
        EventLoopGroup group = IoTransport.best().newGroup(1, new DefaultThreadFactory("weft-agent", true));
        Loop loop = Loops.of(group).getFirst();
        // The control plane's roots are files of the bootstrap; what the workload has from the mesh is served by name.
        SecretStore fileSecrets = new SecretStore();
        FileSecrets files = new FileSecrets(fileSecrets);
        files.require(SecretRefs.in(cluster));
        files.start(control, FILE_RELOAD);
        TlsContexts tls = new TlsContexts(fileSecrets, InstantSource.system(), TlsEngine.best());
        RpcChannel channel =
                ControlPlaneChannel.open(cluster, loop, tls, new CallerToken(Path.of(config.tokenPath())), control);
        SecretStore secrets = new SecretStore();
        CertificateAgent certificates =
                new CertificateAgent(channel, config, secrets, control, InstantSource.system(), new SplittableRandom());
        LocalAgent server = LocalAgent.start(socket, secrets, channel);
        certificates.start();
        return new AgentApp(new Parts(control, group, tls, channel), certificates, server);
    }

    @Override
    public void close() throws IOException {
        certificates.close();
        server.close();
        parts.controlPlane().close();
        parts.group().shutdownGracefully(0, 500, TimeUnit.MILLISECONDS).awaitUninterruptibly(2_000);
        parts.control().shutdownNow();
        parts.tls().close();
    }
}
