package dev.weft.proxy.agent;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.ImmutableList;
import dev.weft.api.telemetry.v1.CertificateFacts;
import dev.weft.api.telemetry.v1.CounterValue;
import dev.weft.api.telemetry.v1.HistogramValue;
import dev.weft.api.telemetry.v1.ReportRequest;
import dev.weft.api.telemetry.v1.ReportResponse;
import dev.weft.api.telemetry.v1.SeriesDefinition;
import dev.weft.api.telemetry.v1.TelemetryReportsGrpc;
import dev.weft.proxy.exchange.Backoff;
import dev.weft.proxy.identity.KeyMaterial;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.proxy.telemetry.MetricSink.Labels;
import dev.weft.testkit.TestCertificates;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TelemetryReporterTest {
    private static final String NODE = "sidecar~127.0.0.1~web-1.shop~shop.svc.cluster.local";
    private static final String WEB = "spiffe://cluster.local/ns/shop/sa/web";

    private final BlockingQueue<Stream> streams = new LinkedBlockingQueue<>();
    private final AtomicInteger refuse = new AtomicInteger();
    private final AtomicLong requests = new AtomicLong(7);
    private final AtomicInteger seriesCount = new AtomicInteger(1);
    private final SecretStore secrets = new SecretStore();
    private final ScheduledExecutorService control = Executors.newSingleThreadScheduledExecutor();
    private Server server;
    private ManagedChannel channel;
    private TelemetryReporter reporter;

    @BeforeEach
    void connect() throws Exception {
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .addService(new Reports())
                .build()
                .start();
        channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .usePlaintext()
                .build();
        reporter = new TelemetryReporter(
                new TelemetryReporter.Wiring(channel, control, InstantSource.system(), new Backoff(new Random(1))),
                NODE,
                Duration.ofMillis(20),
                sink -> {
                    for (int i = 0; i < seriesCount.get(); i++) {
                        sink.counter("requests_total", Labels.of("code", String.valueOf(200 + i)), requests.get());
                    }
                    sink.histogram(
                            "duration",
                            Labels.of("code", "200"),
                            ImmutableList.of(1.0, 5.0),
                            new long[] {requests.get(), 0, 1},
                            12.5);
                },
                secrets);
    }

    @AfterEach
    void close() throws Exception {
        reporter.close();
        control.shutdown();
        assertThat(control.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
        channel.shutdownNow();
        server.shutdownNow().awaitTermination();
    }

    @Test
    void namesTheNodeAndDefinesEachSeriesAndStringOnce() throws Exception {
        reporter.start();
        Stream stream = nextStream();

        ReportRequest first = stream.next();
        assertThat(first.getNodeId()).isEqualTo(NODE);
        assertThat(first.getStartedAt().getSeconds()).isPositive();
        assertThat(first.getStringsList()).containsExactly("requests_total", "code", "200", "duration");
        assertThat(first.getDefinitionsList())
                .extracting(SeriesDefinition::getId)
                .containsExactly(1, 2);
        assertThat(first.getDefinitions(1).getBucketBoundsList()).containsExactly(1.0, 5.0);
        assertThat(first.getCounters(0).getValue()).isEqualTo(7);
        assertThat(first.getHistograms(0).getBucketCountsList()).containsExactly(7L, 0L, 1L);
        assertThat(first.getHistograms(0).getSum()).isEqualTo(12.5);

        ReportRequest second = stream.next();
        assertThat(second.getNodeId()).isEmpty();
        assertThat(second.getStringsCount() + second.getDefinitionsCount()).isZero();
        assertThat(second.getCountersCount() + second.getHistogramsCount()).isZero();
        assertThat(second.hasTakenAt()).isTrue();
    }

    @Test
    void tellsOnlyWhatChanged() throws Exception {
        reporter.start();
        Stream stream = nextStream();
        stream.next();

        requests.set(9);
        ReportRequest changed = stream.await(request -> request.getCountersCount() > 0);

        assertThat(changed.getCountersList()).extracting(CounterValue::getValue).containsExactly(9L);
        assertThat(changed.getHistogramsList())
                .extracting(HistogramValue::getSeries)
                .containsExactly(2);
        assertThat(changed.getDefinitionsCount()).isZero();
    }

    @Test
    void splitsWhatIsTooMuchForOneRequest() throws Exception {
        seriesCount.set(4500);
        reporter.start();
        Stream stream = nextStream();

        List<Integer> ids = new ArrayList<>();
        int most = 0;
        while (ids.size() < 4500) {
            ReportRequest request = stream.next();
            most = Math.max(most, request.getCountersCount());
            request.getCountersList().forEach(value -> ids.add(value.getSeries()));
        }

        assertThat(most).isEqualTo(2000);
        assertThat(ids).doesNotHaveDuplicates();
    }

    @Test
    void tellsTheCertificatesWhenTheyChange() throws Exception {
        TestCertificates authority = TestCertificates.root("mesh root");
        TestCertificates.Leaf leaf = authority.leaf(WEB);
        secrets.publish("ROOTCA", KeyMaterial.trust(authority.pem()));
        secrets.publish("default", KeyMaterial.identity(leaf.chainPem(), leaf.keyPem()));
        reporter.start();
        Stream stream = nextStream();

        CertificateFacts facts = stream.next().getCertificates(0);
        assertThat(facts.getSecretName()).isEqualTo("default");
        assertThat(facts.getSpiffeId()).isEqualTo(WEB);
        assertThat(facts.getNotAfter().getSeconds())
                .isGreaterThan(facts.getNotBefore().getSeconds());
        assertThat(stream.next().getCertificatesCount()).isZero();

        TestCertificates.Leaf rotated = authority.leaf(WEB);
        secrets.publish("default", KeyMaterial.identity(rotated.chainPem(), rotated.keyPem()));
        assertThat(stream.await(request -> request.getCertificatesCount() > 0)
                        .getCertificates(0)
                        .getSerial())
                .isNotEqualTo(facts.getSerial());
    }

    @Test
    void beginsAnewOnAnotherStreamWhenTheControlPlaneGoesAway() throws Exception {
        refuse.set(1);
        reporter.start();
        nextStream();
        Stream second = nextStream();

        assertThat(second.next().getDefinitionsCount()).isEqualTo(2);
        second.responses.onError(Status.UNAVAILABLE.asRuntimeException());

        assertThat(nextStream().next().getStringsCount()).isEqualTo(4);
    }

    @Test
    void tellsTheLastValuesBeforeItEnds() throws Exception {
        reporter.start();
        Stream stream = nextStream();
        stream.next();

        requests.set(11);
        reporter.close();

        stream.await(request ->
                request.getCountersCount() > 0 && request.getCounters(0).getValue() == 11);
        assertThat(stream.ended.poll(5, TimeUnit.SECONDS)).isEqualTo("completed");
    }

    private Stream nextStream() throws InterruptedException {
        return Objects.requireNonNull(streams.poll(10, TimeUnit.SECONDS), "no stream within 10 s");
    }

    /** What the server saw of one stream. */
    private static final class Stream implements StreamObserver<ReportRequest> {
        private final BlockingQueue<ReportRequest> seen = new LinkedBlockingQueue<>();
        private final BlockingQueue<String> ended = new LinkedBlockingQueue<>();
        private final StreamObserver<ReportResponse> responses;

        Stream(StreamObserver<ReportResponse> responses) {
            this.responses = responses;
        }

        ReportRequest next() throws InterruptedException {
            return Objects.requireNonNull(seen.poll(10, TimeUnit.SECONDS), "no report within 10 s");
        }

        ReportRequest await(java.util.function.Predicate<ReportRequest> wanted) throws InterruptedException {
            ReportRequest next = next();
            while (!wanted.test(next)) {
                next = next();
            }
            return next;
        }

        @Override
        public void onNext(ReportRequest request) {
            seen.add(request);
        }

        @Override
        public void onError(Throwable failure) {
            ended.add("failed");
        }

        @Override
        public void onCompleted() {
            ended.add("completed");
            responses.onNext(ReportResponse.getDefaultInstance());
            responses.onCompleted();
        }
    }

    private final class Reports extends TelemetryReportsGrpc.TelemetryReportsImplBase {
        @Override
        public StreamObserver<ReportRequest> report(StreamObserver<ReportResponse> responses) {
            Stream stream = new Stream(responses);
            streams.add(stream);
            if (refuse.getAndDecrement() > 0) {
                responses.onError(Status.UNAVAILABLE.asRuntimeException());
            }
            return stream;
        }
    }
}
