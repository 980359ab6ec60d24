package dev.weft.control.telemetry;

import com.google.common.collect.ImmutableMap;
import com.google.protobuf.Timestamp;
import dev.weft.api.telemetry.v1.CounterValue;
import dev.weft.api.telemetry.v1.HistogramValue;
import dev.weft.api.telemetry.v1.ReportRequest;
import dev.weft.api.telemetry.v1.ReportResponse;
import dev.weft.api.telemetry.v1.SeriesDefinition;
import dev.weft.api.telemetry.v1.SeriesKind;
import dev.weft.api.telemetry.v1.TelemetryReportsGrpc.TelemetryReportsImplBase;
import dev.weft.control.ca.CallerIdentity;
import dev.weft.control.ca.CallerInterceptor;
import dev.weft.control.telemetry.CertificateReport.Certificate;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Takes the reports of proxies: resolves each stream's string table and series definitions and hands totals to {@link MetricsWindow}. A
 * proxy can only report as itself, and only so many series.
 */
public final class TelemetryService extends TelemetryReportsImplBase {

    private static final int MAX_STRINGS = 100_000;
    private static final int MAX_SERIES = 50_000;
    private static final int MAX_BUCKETS = 100;

    private final MetricsWindow window;

    public TelemetryService(MetricsWindow window) {
        this.window = window;
    }

    @Override
    public StreamObserver<ReportRequest> report(StreamObserver<ReportResponse> responses) {
        return new Reports(CallerInterceptor.caller(), responses);
    }

    /** One series as the stream defined it; null bounds are never seen, a counter has none. */
    private record Defined(SeriesKey key, double[] bounds) {}

    private static final class BadReport extends Exception {
        private static final long serialVersionUID = 1L;

        private final Status status;

        private BadReport(Status status) {
            super(status.getDescription());
            this.status = status;
        }
    }

    /** The reports of one stream; gRPC calls it by one thread at a time. */
    private final class Reports implements StreamObserver<ReportRequest> {
        private final CallerIdentity caller;
        private final StreamObserver<ReportResponse> responses;
        private final List<String> strings = new ArrayList<>();
        private final Map<Integer, Defined> series = new HashMap<>();
        private @Nullable String nodeId;
        private boolean ended;

        private Reports(CallerIdentity caller, StreamObserver<ReportResponse> responses) {
            this.caller = caller;
            this.responses = responses;
        }

        @Override
        public void onNext(ReportRequest request) {
            if (ended) {
                return;
            }
            try {
                String node = nodeId == null ? open(request) : nodeId;
                nodeId = node;
                take(node, request);
            } catch (BadReport e) {
                ended = true;
                responses.onError(e.status.asRuntimeException());
            }
        }

        private String open(ReportRequest request) throws BadReport {
            String id = request.getNodeId();
            String[] parts = id.split("~", -1);
            String owner = parts.length == 4 ? parts[2] : "";
            boolean own = caller.pod().isEmpty()
                    ? owner.endsWith("." + caller.namespace())
                    : owner.equals(caller.pod() + "." + caller.namespace());
            if (!own) {
                throw new BadReport(Status.PERMISSION_DENIED.withDescription("node_id: found " + id
                        + ", but the credential is for " + caller.namespace() + "/" + caller.serviceAccount()));
            }
            window.opened(id, instant(request.getStartedAt()));
            return id;
        }

        private void take(String node, ReportRequest request) throws BadReport {
            if (strings.size() + request.getStringsCount() > MAX_STRINGS
                    || series.size() + request.getDefinitionsCount() > MAX_SERIES) {
                throw new BadReport(Status.RESOURCE_EXHAUSTED.withDescription("too many series or strings"));
            }
            strings.addAll(request.getStringsList());
            for (SeriesDefinition definition : request.getDefinitionsList()) {
                define(definition);
            }
            for (CounterValue value : request.getCountersList()) {
                Defined defined = series.get(value.getSeries());
                if (defined != null && defined.bounds.length == 0) {
                    window.report(node, defined.key, defined.bounds, new long[] {value.getValue()});
                }
            }
            for (HistogramValue value : request.getHistogramsList()) {
                Defined defined = series.get(value.getSeries());
                if (defined != null) {
                    histogram(node, defined, value);
                }
            }
            request.getEndedList().forEach(series::remove);
            if (request.getCertificatesCount() > 0) {
                window.certificates(
                        node,
                        request.getCertificatesList().stream()
                                .map(facts -> new Certificate(
                                        facts.getSerial(),
                                        facts.getSpiffeId(),
                                        instant(facts.getNotBefore()),
                                        instant(facts.getNotAfter()),
                                        facts.getSecretName()))
                                .toList());
            }
            window.reported(node);
        }

        private void histogram(String node, Defined defined, HistogramValue value) throws BadReport {
            if (value.getBucketCountsCount() != defined.bounds.length + 1) {
                throw new BadReport(Status.INVALID_ARGUMENT.withDescription("bucket_counts: found "
                        + value.getBucketCountsCount() + ", expected " + (defined.bounds.length + 1)));
            }
            long[] counts = new long[value.getBucketCountsCount()];
            for (int i = 0; i < counts.length; i++) {
                counts[i] = value.getBucketCounts(i);
            }
            window.report(node, defined.key, defined.bounds, counts);
        }

        private void define(SeriesDefinition definition) throws BadReport {
            String name = string(definition.getName());
            if (!MetricsWindow.isKept(name) || definition.getKind() == SeriesKind.GAUGE) {
                return;
            }
            if (definition.getLabelsCount() % 2 != 0 || definition.getBucketBoundsCount() > MAX_BUCKETS) {
                throw new BadReport(Status.INVALID_ARGUMENT.withDescription("definitions: malformed series " + name));
            }
            Map<String, String> labels = new HashMap<>();
            for (int i = 0; i < definition.getLabelsCount(); i += 2) {
                labels.put(string(definition.getLabels(i)), string(definition.getLabels(i + 1)));
            }
            double[] bounds = definition.getBucketBoundsList().stream()
                    .mapToDouble(Double::doubleValue)
                    .toArray();
            series.put(definition.getId(), new Defined(new SeriesKey(name, ImmutableMap.copyOf(labels)), bounds));
        }

        private String string(int index) throws BadReport {
            if (index < 0 || index >= strings.size()) {
                throw new BadReport(Status.INVALID_ARGUMENT.withDescription(
                        "strings: found index " + index + ", expected less than " + strings.size()));
            }
            return strings.get(index);
        }

        @Override
        public void onError(Throwable failure) {
            ended = true;
        }

        @Override
        public void onCompleted() {
            if (!ended) {
                ended = true;
                responses.onNext(ReportResponse.getDefaultInstance());
                responses.onCompleted();
            }
        }
    }

    private static Instant instant(Timestamp time) {
        return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    }
}
