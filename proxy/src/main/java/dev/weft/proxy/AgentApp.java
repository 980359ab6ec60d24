package dev.weft.proxy;

import dev.weft.model.cluster.Cluster;
import dev.weft.proxy.agent.CertificateAgent;
import dev.weft.proxy.agent.LocalAgent;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.proxy.listener.IoTransport;
import dev.weft.proxy.xds.CallerToken;
import dev.weft.proxy.xds.ControlPlaneChannel;
import dev.weft.xds.bootstrap.Bootstrap;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.file.Path;
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
    private final ScheduledExecutorService control;
    private final EventLoopGroup loop;
    private final ManagedChannel channel;
    private final CertificateAgent certificates;
    private final LocalAgent server;

    private AgentApp(
            ScheduledExecutorService control,
            EventLoopGroup loop,
            ManagedChannel channel,
            CertificateAgent certificates,
            LocalAgent server) {
        this.control = control;
        this.loop = loop;
        this.channel = channel;
        this.certificates = certificates;
        this.server = server;
    }

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
        EventLoopGroup loop = IoTransport.best().newGroup(1, new DefaultThreadFactory("weft-agent", true));
        ManagedChannel channel = ControlPlaneChannel.open(cluster, loop, control);
        Channel authenticated = new CallerToken(Path.of(config.tokenPath())).on(channel);
        SecretStore secrets = new SecretStore();
        CertificateAgent certificates = new CertificateAgent(
                authenticated, config, secrets, control, InstantSource.system(), new SplittableRandom());
        LocalAgent server = LocalAgent.start(socket, secrets, authenticated);
        certificates.start();
        return new AgentApp(control, loop, channel, certificates, server);
    }

    @Override
    public void close() throws IOException {
        certificates.close();
        server.close();
        channel.shutdownNow();
        loop.shutdownGracefully(0, 500, TimeUnit.MILLISECONDS);
        control.shutdownNow();
    }
}
