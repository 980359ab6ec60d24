package dev.weft.proxy.agent;

import com.google.common.collect.ImmutableList;
import dev.weft.api.telemetry.v1.CertificateFacts;
import dev.weft.api.telemetry.v1.ReportRequest;
import dev.weft.api.telemetry.v1.ReportResponse;
import dev.weft.api.telemetry.v1.TelemetryReportsGrpc;
import dev.weft.proxy.exchange.Backoff;
import dev.weft.proxy.identity.CertificateNames;
import dev.weft.proxy.identity.KeyMaterial;
import dev.weft.proxy.identity.SecretStore;
import dev.weft.proxy.telemetry.MetricSource;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the control plane, over one stream, how the metrics stand and which certificates are in use, for its live window.
 *
 * <p>Confined to the control thread, onto which all callbacks are posted. Nothing depends on it: a control plane that is away or
 * slow costs a report, never traffic, and one that takes no reports is asked again after a long while.
 */
public final class TelemetryReporter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(TelemetryReporter.class);
    private static final Duration UNSUPPORTED_PAUSE = Duration.ofMinutes(10);

    private final TelemetryReportsGrpc.TelemetryReportsStub reports;
    private final Wiring wiring;
    private final String nodeId;
    private final Duration interval;
    private final MetricSource metrics;
    private final SecretStore secrets;
    private final Instant startedAt;
    private @Nullable Stream stream;
    private boolean closed;

    /**
     * What the reporter works with.
     *
     * @param channel to the control plane, the workload's credential included
     * @param control the control thread
     */
    public record Wiring(Channel channel, ScheduledExecutorService control, InstantSource clock, Backoff backoff) {}

    /**
     * Made once, when the proxy starts: its totals count from then on.
     *
     * @param nodeId as the workload's credential allows it
     * @param interval between two reports, above zero
     */
    public TelemetryReporter(
            Wiring wiring, String nodeId, Duration interval, MetricSource metrics, SecretStore secrets) {
        if (interval.isNegative() || interval.isZero()) {
            throw new IllegalArgumentException("telemetry interval is " + interval + ", expected above zero");
        }
        this.reports = TelemetryReportsGrpc.newStub(wiring.channel());
        this.wiring = wiring;
        this.nodeId = nodeId;
        this.interval = interval;
        this.metrics = metrics;
        this.secrets = secrets;
        this.startedAt = wiring.clock().instant();
    }

    /** Opens the first stream. */
    public void start() {
        wiring.control().execute(this::open);
    }

    /** Tells the last values and ends the stream. */
    @Override
    public void close() {
        post(() -> {
            closed = true;
            Stream running = stream;
            if (running != null) {
                running.finish();
            }
        });
    }

    private void open() {
        if (!closed) {
            Stream opened = new Stream();
            stream = opened;
            reports.report(opened);
            opened.tick();
        }
    }

    private void ended(Stream which, Status reason) {
        if (stream != which) {
            return;
        }
        stream = null;
        if (closed) {
            return;
        }
        boolean unsupported = reason.getCode() == Status.Code.UNIMPLEMENTED;
        Duration wait = unsupported ? UNSUPPORTED_PAUSE : wiring.backoff().next();
        LOG.debug("reports to the control plane ended reason={} retryMillis={}", reason, wait.toMillis());
        wiring.control().schedule(this::open, wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void post(Runnable task) {
        try {
            wiring.control().execute(task);
        } catch (RejectedExecutionException e) {
            LOG.trace("a report's end came after the proxy's");
        }
    }

    private ImmutableList<CertificateFacts> certificates() {
        ImmutableList.Builder<CertificateFacts> inUse = ImmutableList.builder();
        for (Map.Entry<String, SecretStore.Versioned> secret : secrets.all().entrySet()) {
            switch (secret.getValue().material()) {
                case KeyMaterial.Identity identity -> inUse.add(facts(secret.getKey(), identity.leaf()));
                case KeyMaterial.TrustBundle ignored -> {
                    // reports name what we present; whom we trust the control plane knows
                }
            }
        }
        return inUse.build();
    }

    private static CertificateFacts facts(String secret, X509Certificate leaf) {
        return CertificateFacts.newBuilder()
                .setSecretName(secret)
                .setSerial(leaf.getSerialNumber().toString(16))
                .setSpiffeId(CertificateNames.of(leaf).uris().stream()
                        .filter(uri -> uri.startsWith("spiffe://"))
                        .findFirst()
                        .orElse(""))
                .setNotBefore(ReportWriter.timestamp(leaf.getNotBefore().toInstant()))
                .setNotAfter(ReportWriter.timestamp(leaf.getNotAfter().toInstant()))
                .build();
    }

    /** One stream: its own string table, series and end. */
    private final class Stream implements ClientResponseObserver<ReportRequest, ReportResponse> {
        private final ReportWriter writer = new ReportWriter(nodeId, startedAt);
        private @Nullable ClientCallStreamObserver<ReportRequest> requests;
        private int sent;

        @Override
        public void beforeStart(ClientCallStreamObserver<ReportRequest> call) {
            requests = call;
        }

        void tick() {
            if (stream != this) {
                return;
            }
            ClientCallStreamObserver<ReportRequest> call = requests;
            // A stream that is not ready has a report waiting already; the next one tells more.
            if (call != null && (sent == 0 || call.isReady())) {
                report(call);
            }
            wiring.control().schedule(this::tick, interval.toMillis(), TimeUnit.MILLISECONDS);
        }

        private void report(ClientCallStreamObserver<ReportRequest> call) {
            for (ReportRequest request :
                    writer.write(metrics, certificates(), wiring.clock().instant())) {
                call.onNext(request);
            }
            // Whoever refuses a stream does so at once.
            if (++sent == 2) {
                wiring.backoff().reset();
            }
        }

        void finish() {
            ClientCallStreamObserver<ReportRequest> call = requests;
            stream = null;
            if (call != null) {
                report(call);
                call.onCompleted();
            }
        }

        @Override
        public void onNext(ReportResponse response) {}

        @Override
        public void onError(Throwable failure) {
            Status status = Status.fromThrowable(failure);
            post(() -> ended(this, status));
        }

        @Override
        public void onCompleted() {
            post(() -> ended(this, Status.UNAVAILABLE.withDescription("the control plane ended the stream")));
        }
    }
}
