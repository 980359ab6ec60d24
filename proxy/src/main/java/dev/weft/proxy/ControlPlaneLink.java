package dev.weft.proxy;

import dev.weft.model.cluster.Cluster;
import dev.weft.proxy.agent.CertificateAgent;
import dev.weft.proxy.agent.TelemetryReporter;
import dev.weft.proxy.exchange.Backoff;
import dev.weft.proxy.exchange.Loop;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.proxy.identity.TlsContexts;
import dev.weft.proxy.rpc.RpcChannel;
import dev.weft.proxy.rpc.RpcCredential;
import dev.weft.proxy.telemetry.MetricSource;
import dev.weft.proxy.xds.AdsClient;
import dev.weft.proxy.xds.CallerToken;
import dev.weft.proxy.xds.ConfigSink;
import dev.weft.proxy.xds.ControlPlaneChannel;
import dev.weft.xds.bootstrap.Bootstrap;
import dev.weft.xds.decode.XdsDecoder;
import dev.weft.xds.descriptor.OnDemandDescriptors;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy has with its control plane: one channel, and on it the stream of the configuration, the requests for certificates and the
 * reports. Made and used by {@link ProxyApp}; its parts are confined to the control thread.
 */
final class ControlPlaneLink implements AutoCloseable {
    private final Wiring wiring;
    private final RpcChannel channel;
    private final AdsClient ads;
    private final @Nullable CertificateAgent certificates;
    private final @Nullable TelemetryReporter reports;

    /**
     * What it works with.
     *
     * @param loop of the channel's connections
     * @param metrics to be reported
     */
    record Wiring(
            Bootstrap bootstrap,
            Loop loop,
            ScheduledExecutorService control,
            TlsContexts tls,
            SecretStore secrets,
            MetricSource metrics) {}

    /** @throws IllegalArgumentException when the bootstrap contradicts itself */
    ControlPlaneLink(Wiring wiring, Bootstrap.AdsConfig config, ConfigSink sink) {
        this.wiring = wiring;
        Bootstrap bootstrap = wiring.bootstrap();
        Optional<Bootstrap.AgentConfig> agent =
                bootstrap.agent().map(each -> NodeIdentity.agent(each, bootstrap.node()));
        this.channel = ControlPlaneChannel.open(
                staticCluster(bootstrap, config.cluster()),
                wiring.loop(),
                wiring.tls(),
                agent.map(ControlPlaneLink::credential).orElse(RpcCredential.NONE),
                wiring.control());
        this.certificates = agent.map(this::certificates).orElse(null);
        this.reports = agent.map(Bootstrap.AgentConfig::telemetryInterval)
                .filter(Duration::isPositive)
                .map(this::reports)
                .orElse(null);
        this.ads = new AdsClient(
                new AdsClient.Wiring(
                        channel,
                        NodeIdentity.node(bootstrap.node()),
                        new XdsDecoder(new OnDemandDescriptors()),
                        wiring.control(),
                        InstantSource.system(),
                        wiring.secrets()),
                switch (config.variant()) {
                    case DELTA -> AdsClient.Mode.DELTA;
                    case STATE_OF_THE_WORLD -> AdsClient.Mode.STATE_OF_THE_WORLD;
                },
                sink,
                new Backoff(new SplittableRandom()));
    }

    private static RpcCredential credential(Bootstrap.AgentConfig agent) {
        return agent.tokenPath().isEmpty() ? RpcCredential.NONE : new CallerToken(Path.of(agent.tokenPath()));
    }

    private CertificateAgent certificates(Bootstrap.AgentConfig agent) {
        return new CertificateAgent(
                channel, agent, wiring.secrets(), wiring.control(), InstantSource.system(), new SplittableRandom());
    }

    private TelemetryReporter reports(Duration interval) {
        return new TelemetryReporter(
                new TelemetryReporter.Wiring(
                        channel, wiring.control(), InstantSource.system(), new Backoff(new SplittableRandom())),
                wiring.bootstrap().node().id(),
                interval,
                wiring.metrics(),
                wiring.secrets());
    }

    private static Cluster staticCluster(Bootstrap bootstrap, String name) {
        return bootstrap.clusters().stream()
                .filter(cluster -> cluster.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "ads_config names the cluster '" + name + "', which static_resources.clusters does not hold"));
    }

    /** Begins with everything. */
    void start() {
        if (certificates != null) {
            certificates.start();
        }
        if (reports != null) {
            reports.start();
        }
        ads.start();
    }

    /** The stream of the configuration. */
    AdsClient ads() {
        return ads;
    }

    /** The last report goes out first, as long as the channel is there. */
    void finishReports() {
        if (reports != null) {
            reports.close();
        }
    }

    @Override
    public void close() {
        ads.close();
        if (certificates != null) {
            certificates.close();
        }
        channel.close();
    }
}
